package dev.paceline.target.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.target.metrics.ServerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What the engine makes of what rows cost; a fake device that takes a time per step and per row.
 */
@Timeout(60)
class EngineDecisionsTest {
  private static final long STEP_NANOS = 10_000_000;

  private final AtomicLong clock = new AtomicLong();

  private VerificationEngine engine(long rowNanos) {
    FakeModel model = new FakeModel(8, clock, STEP_NANOS, rowNanos);
    return new VerificationEngine(
        () -> model,
        new EngineOptions(256, 64, 16, 0, 0),
        new ServerMetrics(new SimpleMeterRegistry(), 16),
        clock::get);
  }

  private static OpenFrame open(DecodeMode mode, int prompt, int first, int maxTokens) {
    int[] ids = new int[prompt];
    Arrays.setAll(ids, i -> first + i);
    return new OpenFrame(
        "",
        new byte[0],
        ids,
        new int[0],
        SamplingParams.GREEDY,
        maxTokens,
        new int[0],
        mode,
        VerificationMode.COUPLED,
        "s" + first);
  }

  /** A session with eight right drafts waiting from the start: what its first step judges. */
  private int judged(long rowNanos) throws InterruptedException {
    List<VerdictFrame> verdicts = new ArrayList<>();
    CollectingOutput output = new CollectingOutput(verdicts::add);
    try (VerificationEngine engine = engine(rowNanos)) {
      // So that the drafts wait when the engine looks.
      CountDownLatch ready = pause(engine);
      EngineSession session = engine.open(open(DecodeMode.STREAM, 1, 5, 10), "test", output);
      session.draft(new DraftFrame(0, 1, new int[] {6, 7, 8, 9, 10, 11, 12, 13}));
      ready.countDown();
      assertThat(output.released.await(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(output.tokens.get()).isEqualTo(10);
    return verdicts.get(0).drafted();
  }

  /** The engine does nothing more until the latch is counted down. */
  private static CountDownLatch pause(VerificationEngine engine) throws InterruptedException {
    CountDownLatch paused = new CountDownLatch(1);
    CountDownLatch resume = new CountDownLatch(1);
    engine.post(
        () -> {
          paused.countDown();
          try {
            resume.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    assertThat(paused.await(20, TimeUnit.SECONDS)).isTrue();
    return resume;
  }

  @Test
  void judgesDraftsByWhatTheirRowsCost() throws Exception {
    assertThat(judged(0)).isEqualTo(8);
    int some = judged(2_000_000);
    assertThat(some).isBetween(1, 7);
    assertThat(judged(1_000_000_000)).isZero();
  }

  @Test
  void promptsThatComeTogetherNeitherStallTheOthersNorEachOther() throws Exception {
    List<CollectingOutput> outputs = new ArrayList<>();
    long[] firstAt = new long[5];
    AtomicLong longest = new AtomicLong();
    try (VerificationEngine engine = engine(1_000_000)) {
      CollectingOutput running =
          new CollectingOutput(frame -> longest.accumulateAndGet(frame.stepNanos(), Math::max));
      EngineSession decoding =
          engine.open(open(DecodeMode.SERVER_ONLY, 1, 1, 1 << 20), "test", running);
      assertThat(running.opened.await(20, TimeUnit.SECONDS)).isTrue();
      CountDownLatch ready = pause(engine);
      long start = clock.get();
      for (int i = 0; i < firstAt.length; i++) {
        int index = i;
        outputs.add(new CollectingOutput(frame -> firstAt[index] = clock.get() - start));
        engine.open(open(DecodeMode.SERVER_ONLY, 60, 100 * (i + 1), 1), "test", outputs.get(i));
      }
      ready.countDown();
      for (CollectingOutput output : outputs) {
        assertThat(output.released.await(20, TimeUnit.SECONDS)).isTrue();
      }
      decoding.cancel();
      assertThat(running.released.await(20, TimeUnit.SECONDS)).isTrue();
    }
    // 11 ms alone; 16 rows of prompts at most, since each makes a step a millisecond longer.
    assertThat(longest.get()).isLessThanOrEqualTo(27_500_000);
    assertThat(firstAt[0]).isLessThan(firstAt[4] / 2);
  }
}
