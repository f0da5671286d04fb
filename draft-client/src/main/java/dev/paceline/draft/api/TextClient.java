package dev.paceline.draft.api;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Generation;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.rpc.CandidateServers;
import dev.paceline.draft.rpc.ChannelOptions;
import dev.paceline.draft.rpc.ClientSecurity;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.function.Consumer;

/**
 * Writes the target model's text, drafting here. Safe for use by several threads; texts at the same
 * time are right too, but share one draft model, so one at a time is faster.
 */
public final class TextClient implements AutoCloseable {
  private static final int[] NO_STOP = {};

  private final Tokenizer tokenizer;
  private final DraftClient client;

  private TextClient(Tokenizer tokenizer, DraftClient client) {
    this.tokenizer = tokenizer;
    this.client = client;
  }

  /**
   * Connects in plain text and loads the draft model.
   *
   * @param servers HOST:PORT of a target server, or of several with commas between, the preferred
   *     one first
   * @param model the draft model: an id, a folder, or a pair of which the draft is taken
   * @throws UserError if no server answers or the model cannot be used
   */
  public static TextClient open(String servers, String model) {
    return open(servers, model, ChannelOptions.of(ClientSecurity.NONE));
  }

  /**
   * Connects and loads the draft model.
   *
   * @throws UserError if no server answers or the model or an option cannot be used
   */
  public static TextClient open(String servers, String model, ChannelOptions options) {
    ModelRegistry registry = ModelRegistry.standard();
    ModelSource source =
        ModelRegistry.isPair(model) ? registry.pair(model).draft() : registry.resolve(model);
    Tokenizer tokenizer = Tokenizer.open(source.directory());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      int vocabulary = checkpoint.config().vocabSize();
      tokenizer.requireFits(vocabulary, source.id());
      CandidateServers candidates =
          CandidateServers.open(servers, vocabulary, options, leftOut -> {});
      try {
        requireSameTokenizer(candidates, source, tokenizer);
        ModelDrafter drafter = ModelDrafter.drafting(() -> DraftLoading.load(source, checkpoint));
        return new TextClient(tokenizer, new DraftClient(candidates.transport(), drafter));
      } catch (RuntimeException e) {
        candidates.transport().close();
        throw e;
      }
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** Two tokenizers would exchange ids that mean different text. */
  private static void requireSameTokenizer(
      CandidateServers servers, ModelSource source, Tokenizer tokenizer) {
    String theirs =
        HexFormat.of().formatHex(servers.offered().getTokenizerFingerprint().toByteArray());
    if (!theirs.isEmpty() && !theirs.equals(tokenizer.fingerprint())) {
      throw new UserError(
          "the tokenizer of draft model '"
              + source.id()
              + "' is not that of the server's model '"
              + servers.offered().getModelId()
              + "'");
    }
  }

  /**
   * Writes a text and returns when it is complete.
   *
   * @param each called with every piece as it comes, on another thread, one at a time
   * @return the whole text, without the prompt
   * @throws UserError if the prompt is empty, the server refuses it or is lost for good
   * @throws InterruptedException if the thread is interrupted; the text is cancelled
   */
  public String write(String prompt, TextOptions options, Consumer<TextPiece> each)
      throws InterruptedException {
    StringBuilder text = new StringBuilder();
    CompletableFuture<DraftOutcome> end = new CompletableFuture<>();
    Consumer<TextPiece> pieces =
        piece -> {
          text.append(piece.text());
          each.accept(piece);
        };
    Generation generation = start(prompt, options, pieces, end::complete);
    DraftOutcome outcome;
    try {
      outcome = end.get();
    } catch (InterruptedException e) {
      generation.cancel();
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    if (outcome.reason() == FinishReason.REFUSED || outcome.reason() == FinishReason.UNREACHABLE) {
      throw new UserError(outcome.sentence());
    }
    return text.toString();
  }

  /**
   * A text for each subscriber, written anew. No piece comes that was not requested; what comes
   * meanwhile waits. Cancelling a subscription cancels its text at the server. A server that
   * refuses or is lost for good ends the subscription with a {@link UserError}.
   */
  public Flow.Publisher<TextPiece> publish(String prompt, TextOptions options) {
    return subscriber ->
        new TextSubscription(subscriber)
            .start(
                subscription -> start(prompt, options, subscription::piece, subscription::ended));
  }

  private Generation start(
      String prompt, TextOptions options, Consumer<TextPiece> pieces, Consumer<DraftOutcome> end) {
    int[] ids = tokenizer.encode(prompt);
    if (ids.length == 0) {
      throw new UserError("the prompt is empty");
    }
    int eos = tokenizer.eosToken();
    OpenFrame open =
        new OpenFrame(
            "",
            HexFormat.of().parseHex(tokenizer.fingerprint()),
            ids,
            new int[0],
            options.sampling(),
            options.maxTokens(),
            eos < 0 ? NO_STOP : new int[] {eos},
            DecodeMode.STREAM,
            VerificationMode.COUPLED,
            UUID.randomUUID().toString());
    return client.generate(
        open, options.drafting(), new PieceListener(tokenizer.streamingDecoder(), pieces, end));
  }

  @Override
  public void close() {
    client.close();
    tokenizer.close();
  }
}
