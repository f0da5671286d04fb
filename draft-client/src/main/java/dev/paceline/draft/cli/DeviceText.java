package dev.paceline.draft.cli;

import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.draft.text.Cancellation;
import dev.paceline.draft.text.TextListener;
import dev.paceline.draft.text.TextModel;
import dev.paceline.draft.text.TextRequest;
import dev.paceline.draft.text.TextResult;
import dev.paceline.draft.text.TextStream;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.tokenizer.Tokenizer;

/** The draft model alone, without a server. For one thread. */
final class DeviceText implements TextModel {
  private final Tokenizer tokenizer;
  private final LanguageModel model;

  /** Thrown out of the decoder, which has no other way to end early. */
  @SuppressWarnings("serial")
  private static final class Enough extends RuntimeException {
    Enough() {
      super(null, null, false, false);
    }
  }

  /**
   * @param tokenizer stays the caller's
   * @param model closed with this
   */
  DeviceText(Tokenizer tokenizer, LanguageModel model) {
    this.tokenizer = tokenizer;
    this.model = model;
  }

  @Override
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  @Override
  public int contextLength() {
    return model.info().contextLength();
  }

  @Override
  public TextResult run(TextRequest request, TextListener listener, Cancellation cancellation) {
    request.requireFits(contextLength());
    TextStream stream = new TextStream(tokenizer, request.stops(), listener, System::nanoTime);
    try {
      SoloDecoder.decode(
          model,
          request.prompt(),
          request.sampling(),
          request.maxTokens(),
          TextStream.stopIds(tokenizer),
          id -> {
            if (!stream.append(id) || cancellation.cancelled()) {
              throw new Enough();
            }
          });
    } catch (Enough e) {
      // The text is complete, or nobody wants more of it.
    }
    return stream.finish(request.prompt().length, null, cancellation.cancelled());
  }

  @Override
  public void close() {
    model.close();
  }
}
