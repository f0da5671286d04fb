package dev.paceline.draft.cli;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.draft.text.TextStream;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.function.Consumer;

/** A target server's text. One at a time, since the draft model serves one session. */
final class ServedText implements TextModel {
  private final Tokenizer tokenizer;
  private final DraftClient client;
  private final String modelId;
  private final int contextLength;
  private final DecodeMode mode;
  private final DraftOptions drafting;
  private final VerificationMode verification;

  /**
   * @param tokenizer stays the caller's
   * @param client closed with this
   * @param modelId of the server's model
   * @param contextLength of the server's model
   */
  ServedText(
      Tokenizer tokenizer,
      DraftClient client,
      String modelId,
      int contextLength,
      DecodeMode mode,
      DraftOptions drafting,
      VerificationMode verification) {
    this.tokenizer = tokenizer;
    this.client = client;
    this.modelId = modelId;
    this.contextLength = contextLength;
    this.mode = mode;
    this.drafting = drafting;
    this.verification = verification;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public String modelId() {
    return modelId;
  }

  @Override
  public int contextLength() {
    return contextLength;
  }

  @Override
  public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
    request.requireFits(contextLength);
    TextStream stream = new TextStream(tokenizer, request.stops(), listener, System::nanoTime);
    // The session goes on for as long as it is not told to stop; the text may end before it.
    Cancellation session = new Cancellation();
    cancellation.onCancel(session::cancel);
    Consumer<OutputRun> each =
        run -> {
          if (!stream.append(run)) {
            session.cancel();
          }
        };
    Runner.Finished finished =
        new Runner(client, "", tokenizer.fingerprint())
            .verifying(verification)
            .run(
                request.prompt(),
                request.plain() ? DecodeMode.SERVER_ONLY : mode,
                drafting,
                request.sampling(),
                request.maxTokens(),
                TextStream.stopIds(tokenizer),
                each,
                session);
    return stream.finish(
        request.prompt().length, finished.outcome().statistics(), cancellation.cancelled());
  }

  @Override
  public void close() {
    client.close();
  }
}
