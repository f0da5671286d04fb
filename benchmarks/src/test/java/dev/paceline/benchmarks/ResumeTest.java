package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.models.registry.ModelRegistry;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections break and servers restart in the middle of a text; no token is lost or repeated. */
class ResumeTest {
  private static final int TOKENS = 60;
  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 1f, 21);

  /** Enough attempts, soon enough, for the time that a connection stays in its own backoff. */
  private static final DraftOptions PATIENT =
      new DraftOptions(5, 200, 20_000_000L, 200_000_000L, 30_000_000_000L);

  private static BuiltInPair pair;
  private static int[] prompt;
  private static int[] alone;

  @BeforeAll
  static void start() {
    pair = servedWith(2);
    prompt = pair.prompts().get(2);
    alone = pair.targetAlone(prompt, SAMPLING, TOKENS);
  }

  /** With a draft model, so that every mode has what it needs. */
  private static BuiltInPair servedWith(int slots) {
    return new BuiltInPair(
        Map.of("slots", String.valueOf(slots), "draft-model", ModelRegistry.NANO));
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  @ParameterizedTest
  @EnumSource
  void aGenerationOutlivesItsConnections(DecodeMode mode) throws Exception {
    try (LoopbackProxy proxy = new LoopbackProxy(pair.port());
        DraftClient client = pair.client(proxy.port())) {
      AtomicInteger next = new AtomicInteger(7);
      AtomicInteger seen = new AtomicInteger();
      OutputCollector output =
          new OutputCollector(
              run -> {
                if (seen.addAndGet(run.ids().length) >= next.get()) {
                  next.addAndGet(15);
                  proxy.cut();
                }
              });
      client.generate(pair.open(prompt, mode, SAMPLING, TOKENS), PATIENT, output);
      DraftOutcome outcome = output.await();
      assertThat(output.output()).as("%s: %s", mode, outcome.sentence()).isEqualTo(alone);
      assertThat(outcome.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(outcome.statistics().reconnects()).isPositive();
    }
    pair.assertFree(2);
  }

  @ParameterizedTest
  @EnumSource
  void aGenerationOutlivesItsServer(DecodeMode mode) throws Exception {
    BuiltInPair first = servedWith(1);
    try (LoopbackProxy proxy = new LoopbackProxy(first.port());
        DraftClient client = pair.client(proxy.port())) {
      Thread restart =
          new Thread(
              () -> {
                proxy.targetNobody();
                first.close();
                proxy.cut();
                proxy.target(pair.port());
              },
              "restart");
      AtomicInteger seen = new AtomicInteger();
      OutputCollector output =
          new OutputCollector(
              run -> {
                if (seen.getAndAdd(run.ids().length) == 0) {
                  restart.start();
                }
              });
      client.generate(pair.open(prompt, mode, SAMPLING, 300), PATIENT, output);
      DraftOutcome outcome = output.await();
      restart.join();
      assertThat(output.output())
          .as("%s: %s", mode, outcome.sentence())
          .isEqualTo(pair.targetAlone(prompt, SAMPLING, 300));
    }
  }
}
