package dev.paceline.benchmarks.step;

import ai.djl.ndarray.NDManager;
import dev.paceline.benchmarks.Samples;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times steps of several token counts against the limits by bandwidth and by arithmetic, everything
 * interleaved round by round, so that whatever else the machine does hits all figures alike.
 */
public final class StepBenchmark {
  /**
   * One line of the table.
   *
   * @param limitMs time to read the weights once
   * @param arithmeticMs time of two operations per parameter and row
   * @param ratio median over {@code limitMs}
   * @param arithmeticRatio median over {@code arithmeticMs}
   */
  public record Line(
      int tokens,
      double medianMs,
      double limitMs,
      double arithmeticMs,
      double ratio,
      double arithmeticRatio) {}

  /** All lines and what they rest on. */
  public record Report(
      List<Line> lines,
      double gigabytesPerSecond,
      double gigaflopsPerSecond,
      long weightBytes,
      int rounds) {}

  private StepBenchmark() {}

  /**
   * Measures a loaded model.
   *
   * @param tokens rows per step, each positive
   * @param context positions already in the cache before the step
   */
  public static Report run(
      LanguageModel model, int[] tokens, int context, int rounds, SamplingParams sampling) {
    int longest = 0;
    for (int n : tokens) {
      if (n < 1) {
        throw new UserError("--tokens " + n + " is not positive");
      }
      longest = Math.max(longest, n);
    }
    int contextLength = model.info().contextLength();
    if (context + longest > contextLength) {
      throw new UserError(
          "--context "
              + context
              + " and "
              + longest
              + " tokens exceed the model's "
              + contextLength
              + " positions");
    }
    int vocabulary = model.info().config().vocabSize();
    int[] ids = new int[context + longest];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) ((i * 2_654_435_761L) % vocabulary);
    }
    if (context > 0) {
      model.step(List.of(new Segment(0, 0, slice(ids, 0, context), 0, sampling)));
    }
    Map<Integer, Samples> times = new TreeMap<>();
    Samples bandwidth = new Samples();
    Samples arithmetic = new Samples();
    boolean half = model.info().precision() == Precision.FP16;
    try (NDManager manager = NDManager.newBaseManager();
        MatrixVector product = new MatrixVector(manager);
        MatrixMatrix square = new MatrixMatrix(manager, half)) {
      int warmUp = Math.max(2, rounds / 10);
      for (int round = -warmUp; round < rounds; round++) {
        double rate = product.bytesPerSecond();
        double flops = square.flopsPerSecond();
        if (round >= 0) {
          bandwidth.add(rate);
          arithmetic.add(flops);
        }
        for (int n : tokens) {
          List<Segment> step =
              List.of(new Segment(0, context, slice(ids, context, context + n), n, sampling));
          long start = System.nanoTime();
          model.step(step);
          double ms = (System.nanoTime() - start) * 1e-6;
          if (round >= 0) {
            times.computeIfAbsent(n, k -> new Samples()).add(ms);
          }
        }
      }
    }
    long bytes = model.info().weightBytesPerStep();
    double limitMs = bytes / bandwidth.median() * 1e3;
    double flopsPerRow = 2.0 * model.info().config().parameters();
    List<Line> lines = new ArrayList<>();
    times.forEach(
        (n, samples) -> {
          double median = samples.median();
          double arithmeticMs = flopsPerRow * n / arithmetic.median() * 1e3;
          lines.add(
              new Line(n, median, limitMs, arithmeticMs, median / limitMs, median / arithmeticMs));
        });
    return new Report(lines, bandwidth.median() * 1e-9, arithmetic.median() * 1e-9, bytes, rounds);
  }

  private static int[] slice(int[] ids, int from, int to) {
    return java.util.Arrays.copyOfRange(ids, from, to);
  }
}
