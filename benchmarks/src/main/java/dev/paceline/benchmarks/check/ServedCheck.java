package dev.paceline.benchmarks.check;

import dev.paceline.common.UserError;
import dev.paceline.common.local.LocalTarget;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;

/**
 * Whether a server over real gRPC writes the same text in every mode: the target alone, with drafts
 * of a client that are right four times in five, and with drafts of its own.
 */
final class ServedCheck {
  private static final int TEXTS = 4;
  private static final int PROMPT = 16;
  private static final int WINDOW = 6;

  private final RecordedDrafter drafter;
  private final DraftClient client;
  private final int tokens;

  private ServedCheck(int port, int vocabulary, int tokens) {
    this.tokens = tokens;
    drafter = new RecordedDrafter(vocabulary);
    client = new DraftClient(new GrpcTransport("127.0.0.1:" + port, vocabulary), drafter);
  }

  /**
   * @param options of {@code paceline serve}; with a draft model, drafts of the server are checked
   */
  static List<Finding> run(String model, Map<String, String> options, int vocabulary, int tokens)
      throws InterruptedException {
    LocalTarget local =
        ServiceLoader.load(LocalTarget.class)
            .findFirst()
            .orElseThrow(() -> new UserError("the target server is not part of this installation"));
    List<Finding> findings = new ArrayList<>();
    try (LocalTarget.Running server = local.start(model, options)) {
      ServedCheck check = new ServedCheck(server.port(), vocabulary, tokens);
      try (DraftClient client = check.client) {
        findings.add(check.compare(DecodeMode.STREAM, client));
        findings.add(check.compare(DecodeMode.SYNC, client));
        if (options.containsKey("draft-model")) {
          findings.add(check.compare(DecodeMode.COLOCATED, client));
        }
      }
    }
    return findings;
  }

  private Finding compare(DecodeMode mode, DraftClient with) throws InterruptedException {
    Random random = new Random(3);
    int compared = 0;
    int differ = 0;
    long accepted = 0;
    long steps = 0;
    for (int text = 0; text < TEXTS; text++) {
      int[] prompt = random.ints(PROMPT, 0, drafter.vocabulary()).toArray();
      SamplingParams sampling = new SamplingParams(text % 2, 0, 1f, text);
      int[] truth = run(with, open(prompt, DecodeMode.SERVER_ONLY, sampling)).output();
      drafter.follow(prompt, truth);
      Result result = run(with, open(prompt, mode, sampling));
      for (int i = 0; i < Math.max(truth.length, result.output().length); i++) {
        compared++;
        boolean same = i < truth.length && i < result.output().length;
        differ += same && truth[i] == result.output()[i] ? 0 : 1;
      }
      var counted = result.outcome().server();
      if (counted != null) {
        accepted += counted.accepted() + counted.serverAccepted();
        steps += counted.verifySteps();
      }
    }
    String measured =
        String.format(
            "%d tokens compared with the target alone, %d differ; %d drafts accepted in %d steps",
            compared, differ, accepted, steps);
    String name = mode.name().toLowerCase(java.util.Locale.ROOT);
    return new Finding("served, " + name, differ == 0 && compared > 0, measured);
  }

  private record Result(int[] output, DraftOutcome outcome) {}

  private static Result run(DraftClient client, OpenFrame open) throws InterruptedException {
    OutputCollector collector = new OutputCollector(run -> {});
    client.generate(open, DraftOptions.withWindow(WINDOW), collector);
    DraftOutcome outcome = collector.await();
    return new Result(collector.output(), outcome);
  }

  private OpenFrame open(int[] prompt, DecodeMode mode, SamplingParams sampling) {
    return new OpenFrame(
        "",
        new byte[0],
        Arrays.copyOf(prompt, prompt.length),
        new int[0],
        sampling,
        tokens,
        new int[0],
        mode,
        VerificationMode.COUPLED,
        "check");
  }
}
