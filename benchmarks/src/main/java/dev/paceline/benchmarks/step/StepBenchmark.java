package dev.paceline.benchmarks.step;

import ai.djl.ndarray.NDManager;
import dev.paceline.benchmarks.Samples;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times steps of several token counts against the bandwidth limit, everything interleaved round by
 * round, so that whatever else the machine does hits all figures alike.
 */
final class StepBenchmark {
  /** One line of the table. */
  record Line(int tokens, double medianMs, double limitMs, double ratio) {}

  /** All lines and what they rest on. */
  record Report(List<Line> lines, double gigabytesPerSecond, long weightBytes, int rounds) {}

  private StepBenchmark() {}

  /**
   * @param tokens rows per step, each positive
   * @param context positions already in the cache before the step
   */
  static Report run(
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
    try (NDManager manager = NDManager.newBaseManager();
        MatrixVector product = new MatrixVector(manager)) {
      int warmUp = Math.max(2, rounds / 10);
      for (int round = -warmUp; round < rounds; round++) {
        double rate = product.bytesPerSecond();
        if (round >= 0) {
          bandwidth.add(rate);
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
    List<Line> lines = new ArrayList<>();
    times.forEach(
        (n, samples) ->
            lines.add(new Line(n, samples.median(), limitMs, samples.median() / limitMs)));
    return new Report(lines, bandwidth.median() * 1e-9, bytes, rounds);
  }

  private static int[] slice(int[] ids, int from, int to) {
    return java.util.Arrays.copyOfRange(ids, from, to);
  }
}
