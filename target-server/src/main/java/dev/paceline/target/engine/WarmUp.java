package dev.paceline.target.engine;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Runs steps of the shapes that service will have, so that kernels are chosen, libraries loaded and
 * memory pools grown before the first session: row counts 1, 2, 4 … up to the row budget, in one
 * segment and in as many as there are slots, greedy, sampled and filtered.
 *
 * <p>Overwrites the slots, so it runs before anything remembers their contents.
 */
final class WarmUp {
  private static final List<SamplingParams> SAMPLINGS =
      List.of(
          SamplingParams.GREEDY,
          new SamplingParams(1f, 0, 1f, 1),
          new SamplingParams(0.8f, 40, 0.95f, 2));

  private static final long CALIBRATION_NANOS = 1_500_000_000;
  private static final int RUNS = 3;

  /** Rows of one session in a step that is measured: a token and a few drafts. */
  private static final int TYPICAL_ROWS = 4;

  private WarmUp() {}

  /**
   * Runs all steps.
   *
   * @param times learns how long they take
   * @return their number
   */
  static int run(LanguageModel model, EngineOptions options, StepTimes times, LongSupplier clock) {
    int slots = model.info().slots();
    int context = model.info().contextLength();
    int steps = 0;
    for (int size = 1; ; size *= 2) {
      int rows = Math.min(size, options.rowBudget());
      for (boolean many : new boolean[] {false, true}) {
        int segments = many ? Math.min(rows, slots) : 1;
        List<Segment> step = new ArrayList<>(segments);
        for (int slot = 0; slot < segments; slot++) {
          int share = rows / segments + (slot < rows % segments ? 1 : 0);
          SamplingParams sampling = SAMPLINGS.get((steps + slot) % SAMPLINGS.size());
          step.add(Segment.decode(slot, 0, sampling, new int[Math.min(share, context)]));
        }
        long start = clock.getAsLong();
        model.step(step);
        steps++;
        // The first of two runs found the kernels, the second shows what they take.
        if (many && rows <= (long) slots * context) {
          times.calibrate(rows, clock.getAsLong() - start);
        }
      }
      if (rows == options.rowBudget()) {
        return steps;
      }
    }
  }

  /** Measures more closely how long steps take, from one row upwards for a second and a half. */
  static void calibrate(LanguageModel model, StepTimes times, LongSupplier clock) {
    int slots = model.info().slots();
    int context = model.info().contextLength();
    long end = clock.getAsLong() + CALIBRATION_NANOS;
    for (int rows : times.rowCounts()) {
      if (rows > (long) slots * context) {
        return;
      }
      int segments = Math.min(slots, (rows + TYPICAL_ROWS - 1) / TYPICAL_ROWS);
      List<Segment> step = new ArrayList<>(segments);
      for (int slot = 0; slot < segments; slot++) {
        int share = rows / segments + (slot < rows % segments ? 1 : 0);
        step.add(Segment.decode(slot, 0, SamplingParams.GREEDY, new int[Math.min(share, context)]));
      }
      for (int run = 0; run < RUNS; run++) {
        long start = clock.getAsLong();
        if (start >= end) {
          return;
        }
        model.step(step);
        times.calibrate(rows, clock.getAsLong() - start);
      }
    }
  }
}
