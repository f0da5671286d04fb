package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.models.registry.ModelRegistry;
import java.util.ArrayList;
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

  @Test
  void everyModeEqualsTheTargetAlone() throws Exception {
    int compared = 0;
    long accepted = 0;
    try (DraftClient client = pair.client()) {
      List<int[]> prompts = pair.prompts();
      for (int p = 0; p < prompts.size(); p++) {
        int[] prompt = prompts.get(p);
        SamplingParams sampling = SAMPLINGS.get(p % SAMPLINGS.size());
        int[] expected = pair.targetAlone(prompt, sampling, TOKENS);
        for (DecodeMode mode : DecodeMode.values()) {
          int window = mode.drafts() ? 2 + p % 11 : 0;
          var result = pair.generate(client, pair.open(prompt, mode, sampling, TOKENS), window);
          assertThat(result.output())
              .as("prompt %d, %s, window %d, %s", p, mode, window, sampling)
              .isEqualTo(expected);
          assertThat(result.outcome().reason()).isEqualTo(FinishReason.LENGTH);
          compared += result.output().length;
          accepted += result.outcome().statistics().accepted();
        }
      }
    }
    assertThat(compared).as("tokens compared").isGreaterThanOrEqualTo(2000);
    assertThat(accepted).as("accepted draft tokens, or nothing was speculative").isPositive();
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
