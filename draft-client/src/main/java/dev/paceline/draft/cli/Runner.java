package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Generation;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.text.Cancellation;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.Consumer;

/** Runs one generation to its end on the calling thread. */
final class Runner {
  private final DraftClient client;
  private final String modelId;
  private final byte[] fingerprint;
  private final VerificationMode verification;

  /**
   * @param modelId that the server must serve; empty for any
   * @param fingerprint hexadecimal, of the tokenizer that made the prompts
   */
  Runner(DraftClient client, String modelId, String fingerprint) {
    this(client, modelId, HexFormat.of().parseHex(fingerprint), VerificationMode.COUPLED);
  }

  private Runner(
      DraftClient client, String modelId, byte[] fingerprint, VerificationMode verification) {
    this.client = client;
    this.modelId = modelId;
    this.fingerprint = fingerprint;
    this.verification = verification;
  }

  /** The same with another rule, in modes that draft. */
  Runner verifying(VerificationMode rule) {
    return new Runner(client, modelId, fingerprint, rule);
  }

  /** A finished generation. */
  record Finished(int[] output, DraftOutcome outcome) {}

  /**
   * @param drafting of no effect in modes that do not draft
   * @param each called with every run of output as it comes
   * @throws UserError if the server refused or could not be reached any more
   */
  Finished run(
      int[] prompt,
      DecodeMode mode,
      DraftOptions drafting,
      SamplingParams sampling,
      int maxTokens,
      int[] stopIds,
      Consumer<OutputRun> each) {
    return run(prompt, mode, drafting, sampling, maxTokens, stopIds, each, new Cancellation());
  }

  /** As above; the output ends early when the cancellation says so. */
  Finished run(
      int[] prompt,
      DecodeMode mode,
      DraftOptions drafting,
      SamplingParams sampling,
      int maxTokens,
      int[] stopIds,
      Consumer<OutputRun> each,
      Cancellation cancellation) {
    OpenFrame open =
        new OpenFrame(
            modelId,
            fingerprint,
            prompt,
            new int[0],
            sampling,
            maxTokens,
            stopIds,
            mode,
            mode.drafts() ? verification : VerificationMode.COUPLED,
            UUID.randomUUID().toString());
    OutputCollector collector = new OutputCollector(each);
    Generation generation = client.generate(open, drafting, collector);
    cancellation.onCancel(generation::cancel);
    DraftOutcome outcome;
    try {
      outcome = collector.await();
    } catch (InterruptedException e) {
      generation.cancel();
      Thread.currentThread().interrupt();
      throw new UserError("interrupted");
    }
    if (outcome.reason() == FinishReason.REFUSED) {
      throw new UserError("the server refused: " + outcome.sentence());
    }
    if (outcome.reason() == FinishReason.UNREACHABLE) {
      throw new UserError("the server could not be reached any more: " + outcome.sentence());
    }
    if (outcome.statistics().draftOnly() > 0) {
      // The text has no line end yet.
      System.err.println("\npaceline: " + outcome.sentence());
    }
    return new Finished(collector.output(), outcome);
  }
}
