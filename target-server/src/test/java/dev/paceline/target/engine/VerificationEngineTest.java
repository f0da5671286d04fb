package dev.paceline.target.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.metrics.ServerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The engine's own thread with a fake model; time passes only in steps, one millisecond each. */
@Timeout(60)
class VerificationEngineTest {
  private static final long STEP_NANOS = 1_000_000;
  private static final double[] WEIGHTS = {1, 1, 2, 4, 1, 1, 2, 4};
  private static final int FOREVER = 1 << 20;

  private final AtomicLong clock = new AtomicLong();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FakeModel model = new FakeModel(8, clock, STEP_NANOS);

  private VerificationEngine engine(int rowBudget, int maxSessions) {
    EngineOptions options = new EngineOptions(rowBudget, 64, 16, maxSessions, 0);
    return new VerificationEngine(
        () -> model, options, new ServerMetrics(registry, 16), clock::get);
  }

  private static OpenFrame open(String id, int maxTokens) {
    return new OpenFrame(
        "",
        new byte[0],
        new int[] {id.hashCode() & 0xff, 3},
        new int[0],
        SamplingParams.GREEDY,
        maxTokens,
        new int[0],
        DecodeMode.SERVER_ONLY,
        VerificationMode.COUPLED,
        id);
  }

  /** Eight backlogged sessions; the row budget of 3 serves three of them in a step. */
  @Test
  void sharesTheDeviceByWeightAndGivesTheLastSessionEverything() throws Exception {
    try (VerificationEngine engine = engine(3, 0)) {
      List<CollectingOutput> outputs = new ArrayList<>();
      List<EngineSession> sessions = new ArrayList<>();
      for (int i = 0; i < WEIGHTS.length; i++) {
        outputs.add(new CollectingOutput());
        sessions.add(engine.open(open("s" + i, FOREVER), "test", outputs.get(i)));
      }
      for (int i = 0; i < WEIGHTS.length; i++) {
        assertThat(engine.setWeight("s" + i, WEIGHTS[i]).get()).isEqualTo(1);
      }
      long[] before = counts(engine, outputs);
      long from = clock.get();
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> clock.get() - from > 5_000 * STEP_NANOS);
      long[] after = counts(engine, outputs);
      double all = 0;
      for (int i = 0; i < WEIGHTS.length; i++) {
        all += after[i] - before[i];
      }
      for (int i = 0; i < WEIGHTS.length; i++) {
        double share = (after[i] - before[i]) / all;
        assertThat(share)
            .as("share of session %d with weight %s of 16", i, WEIGHTS[i])
            .isBetween(0.95 * WEIGHTS[i] / 16, 1.05 * WEIGHTS[i] / 16);
      }

      for (int i = 1; i < WEIGHTS.length; i++) {
        sessions.get(i).cancel();
        assertThat(outputs.get(i).released.await(20, TimeUnit.SECONDS)).isTrue();
      }
      long[] alone = counts(engine, outputs);
      long start = clock.get();
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> clock.get() - start > 500 * STEP_NANOS);
      long[] end = counts(engine, outputs);
      assertThat(end[0] - alone[0]).as("a token in every step").isGreaterThanOrEqualTo(500);
    }
  }

  /** Tokens of each session, all of the same moment: read by the engine's own thread. */
  private static long[] counts(VerificationEngine engine, List<CollectingOutput> outputs)
      throws InterruptedException {
    long[] counts = new long[outputs.size()];
    CountDownLatch read = new CountDownLatch(1);
    engine.post(
        () -> {
          for (int i = 0; i < counts.length; i++) {
            counts[i] = outputs.get(i).tokens.get();
          }
          read.countDown();
        });
    assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();
    return counts;
  }

  @Test
  void aWeightOutOfRangeIsRefusedAndAnUnknownSessionIsNotFound() throws Exception {
    try (VerificationEngine engine = engine(8, 0)) {
      assertThatThrownBy(() -> engine.setWeight("s", 0))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("weight 0.0 of session 's'");
      assertThatThrownBy(() -> engine.setWeight("s", Double.NaN)).isInstanceOf(UserError.class);
      assertThat(engine.setWeight("nobody", 2).get()).isZero();
    }
  }

  @Test
  void countsWhatItDoes() throws Exception {
    try (VerificationEngine engine = engine(8, 0)) {
      CollectingOutput output = new CollectingOutput();
      engine.open(open("one", 10), "test", output);
      assertThat(output.released.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(output.tokens).hasValue(10);
      assertThat(registry.get("paceline.generation.tokens").counter().count()).isEqualTo(10);
      assertThat(registry.get("paceline.prompt.tokens").counter().count()).isEqualTo(2);
      assertThat(registry.get("paceline.time.to.first.token").timer().count()).isEqualTo(1);
      assertThat(registry.get("paceline.inter.token.latency").timer().count()).isEqualTo(9);
      assertThat(registry.get("paceline.inter.token.latency").timer().mean(TimeUnit.MILLISECONDS))
          .isEqualTo(1.0);
      assertThat(
              registry.get("paceline.request.finished").tag("reason", "length").counter().count())
          .isEqualTo(1);
    }
  }

  @Test
  void runsNoMoreSessionsAtOnceThanAllowedAndShowsThem() throws Exception {
    try (VerificationEngine engine = engine(8, 1)) {
      CollectingOutput first = new CollectingOutput();
      CollectingOutput second = new CollectingOutput();
      EngineSession running = engine.open(open("first", FOREVER), "10.0.0.1", first);
      engine.open(open("second", 5), "10.0.0.2", second);
      assertThat(first.opened.await(20, TimeUnit.SECONDS)).isTrue();
      List<SessionSnapshot> seen =
          engine.snapshot().stream()
              .sorted((a, b) -> a.sessionId().compareTo(b.sessionId()))
              .toList();
      assertThat(seen).hasSize(2);
      assertThat(seen.get(0).mode()).isEqualTo("server_only");
      assertThat(seen.get(0).slot()).isNotNegative();
      assertThat(seen.get(1).state()).isEqualTo("queued");
      assertThat(seen.get(1).peer()).isEqualTo("10.0.0.2");
      assertThat(engine.running()).isEqualTo(1);
      assertThat(engine.waiting()).isEqualTo(1);
      assertThat(engine.slotUsage()).isEqualTo(0.125);
      running.disconnected();
      assertThat(second.released.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(second.tokens).hasValue(5);
      assertThat(engine.running()).isZero();
    }
  }

  /** Cancelled while a step computes its row: that row is its last, and its slot the next one's. */
  @Test
  void cancellationFreesASessionWithinAStep() throws Exception {
    try (VerificationEngine engine = engine(8, 2)) {
      CollectingOutput gone = new CollectingOutput();
      CollectingOutput stays = new CollectingOutput();
      CollectingOutput queued = new CollectingOutput();
      CountDownLatch inStep = new CountDownLatch(1);
      CountDownLatch resume = new CountDownLatch(1);
      AtomicBoolean after = new AtomicBoolean();
      AtomicLong tokens = new AtomicLong();
      List<String> wrong = new CopyOnWriteArrayList<>();
      model.during =
          segments -> {
            if (after.get()) {
              if (gone.released.getCount() > 0) {
                wrong.add("the cancelled session still runs");
              } else if (segments.size() != 2 && queued.released.getCount() > 0) {
                wrong.add(segments.size() + " sessions in a step");
              }
            } else if (segments.size() == 2) {
              after.set(true);
              inStep.countDown();
              awaitQuietly(resume);
              tokens.set(gone.tokens.get());
            }
          };
      EngineSession cancelled = engine.open(open("cancelled", FOREVER), "test", gone);
      EngineSession other = engine.open(open("other", FOREVER), "test", stays);
      engine.open(open("queued", 5), "test", queued);
      assertThat(inStep.await(20, TimeUnit.SECONDS)).isTrue();
      cancelled.cancel();
      resume.countDown();
      assertThat(queued.released.await(20, TimeUnit.SECONDS)).as("the slot was free").isTrue();
      assertThat(queued.tokens).hasValue(5);
      assertThat(wrong).isEmpty();
      assertThat(gone.tokens.get() - tokens.get()).as("output of the step").isEqualTo(1);
      assertThat(Objects.requireNonNull(gone.finished.get()).reason())
          .isEqualTo(FinishReason.CANCELLED);
      assertThat(engine.running()).isEqualTo(1);
      other.cancel();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aBrokenStepFailsItsSessionsAndNoOthers() throws Exception {
    try (VerificationEngine engine = engine(8, 0)) {
      CollectingOutput victim = new CollectingOutput(frame -> model.broken = true);
      engine.open(open("victim", FOREVER), "test", victim);
      assertThat(victim.released.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(victim.failed.get()).contains("the fake is broken");
      model.broken = false;
      CollectingOutput next = new CollectingOutput();
      engine.open(open("next", 5), "test", next);
      assertThat(next.released.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(next.tokens).hasValue(5);
    }
  }

  @Test
  void closingEndsSessionsWithASentence() throws Exception {
    CollectingOutput output = new CollectingOutput();
    VerificationEngine engine = engine(8, 0);
    engine.open(open("cut", FOREVER), "test", output);
    assertThat(output.opened.await(20, TimeUnit.SECONDS)).isTrue();
    engine.close();
    assertThat(output.failed.get()).contains("resume elsewhere");
    CollectingOutput late = new CollectingOutput();
    engine.open(open("late", 1), "test", late);
    assertThat(late.failed.get()).contains("shutting down");
  }
}
