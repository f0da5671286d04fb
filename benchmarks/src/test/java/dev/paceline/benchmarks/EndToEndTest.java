package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.models.registry.ModelRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The product's promise, with real checkpoints over real gRPC: every mode writes what the target
 * alone writes.
 */
class EndToEndTest {
  private static final int TOKENS = 29;

  /** Of each of the 24 prompts; 2,016 in all. */
  private static final int LONG = 84;

  private static final List<SamplingParams> SAMPLINGS =
      List.of(
          SamplingParams.GREEDY,
          new SamplingParams(0.7f, 50, 1f, 11),
          new SamplingParams(1f, 0, 1f, 12),
          new SamplingParams(1f, 0, 0.9f, -3));

  private static BuiltInPair pair;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(Map.of("slots", "8", "draft-model", ModelRegistry.NANO));
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  /** A value of {@code --decode} that asks a server. */
  private enum Decode {
    STREAM(DecodeMode.STREAM),
    PEARL(DecodeMode.PEARL),
    SYNC(DecodeMode.SYNC),
    SERVER_ONLY(DecodeMode.SERVER_ONLY),
    COLOCATED(DecodeMode.COLOCATED),
    AUTO(DecodeMode.STREAM);

    private final DecodeMode mode;

    Decode(DecodeMode mode) {
      this.mode = mode;
    }

    /** Of one text; fixed modes draft from 2 to 12 tokens ahead. */
    private DraftOptions options(int text) {
      return this == AUTO
          ? DraftOptions.withWindow(64).withControl(ControlOptions.DEFAULT)
          : DraftOptions.withWindow(mode.drafts() ? 2 + text % 11 : 0);
    }
  }

  /** The modes run at the same time, so that their rows share steps, and each has a client. */
  @Test
  void everyModeEqualsTheTargetAloneOverTwoThousandTokens() throws Exception {
    List<int[]> prompts = pair.prompts();
    List<int[]> expected = new ArrayList<>();
    for (int p = 0; p < prompts.size(); p++) {
      expected.add(pair.targetAlone(prompts.get(p), sampling(p), LONG));
    }
    ExecutorService clients = Executors.newFixedThreadPool(Decode.values().length);
    Map<Decode, Future<long[]>> compared = new EnumMap<>(Decode.class);
    for (Decode decode : Decode.values()) {
      compared.put(decode, clients.submit(() -> compare(decode, prompts, expected)));
    }
    for (Map.Entry<Decode, Future<long[]>> entry : compared.entrySet()) {
      Decode decode = entry.getKey();
      long[] tokensAndAccepted = entry.getValue().get();
      assertThat(tokensAndAccepted[0]).as("%s: tokens compared", decode).isGreaterThan(2000);
      if (decode == Decode.SYNC || decode == Decode.PEARL) {
        assertThat(tokensAndAccepted[1]).as("%s: accepted drafts", decode).isGreaterThan(200);
      }
    }
    clients.shutdown();
  }

  /** Decodes all prompts and compares; how many tokens, and how many were accepted drafts. */
  private static long[] compare(Decode decode, List<int[]> prompts, List<int[]> expected)
      throws InterruptedException {
    long tokens = 0;
    long accepted = 0;
    try (DraftClient client = pair.client()) {
      for (int p = 0; p < prompts.size(); p++) {
        var open = pair.open(prompts.get(p), decode.mode, sampling(p), LONG);
        var result = pair.generate(client, open, decode.options(p));
        assertThat(result.output())
            .as("prompt %d, %s, %s", p, decode, sampling(p))
            .isEqualTo(expected.get(p));
        assertThat(result.outcome().reason()).isEqualTo(FinishReason.LENGTH);
        tokens += result.output().length;
        accepted += result.outcome().statistics().accepted();
      }
    }
    return new long[] {tokens, accepted};
  }

  private static SamplingParams sampling(int prompt) {
    return SAMPLINGS.get(prompt % SAMPLINGS.size());
  }

  @Test
  void clientsAtOnceDoNotDisturbEachOther() throws Exception {
    List<int[]> prompts = pair.prompts().subList(0, 12);
    List<int[]> expected = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      SamplingParams sampling = new SamplingParams(i % 2, 0, 1f, i);
      expected.add(pair.targetAlone(prompts.get(i), sampling, TOKENS));
    }
    // More sessions than slots, so that some wait for one.
    ExecutorService clients = Executors.newFixedThreadPool(prompts.size());
    List<Future<int[]>> outputs = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      SamplingParams sampling = new SamplingParams(i % 2, 0, 1f, i);
      DecodeMode mode = DecodeMode.values()[i % DecodeMode.values().length];
      Callable<int[]> task =
          () -> {
            try (DraftClient client = pair.client()) {
              return pair.generate(client, pair.open(prompt, mode, sampling, TOKENS), 6).output();
            }
          };
      outputs.add(clients.submit(task));
    }
    for (int i = 0; i < prompts.size(); i++) {
      assertThat(outputs.get(i).get()).as("client %d", i).isEqualTo(expected.get(i));
    }
    clients.shutdown();
  }
}
