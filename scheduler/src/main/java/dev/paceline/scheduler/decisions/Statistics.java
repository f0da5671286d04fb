package dev.paceline.scheduler.decisions;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A mean over seeds with its 95 % bootstrap interval (percentiles of 2000 resamples, always the
 * same ones).
 */
public record Statistics(double mean, double low, double high) {
  private static final int RESAMPLES = 2000;

  /** The statistics of one value per seed. */
  public static Statistics of(double[] values) {
    double mean = Arrays.stream(values).average().orElse(Double.NaN);
    SplittableRandom random = new SplittableRandom(95);
    double[] means = new double[RESAMPLES];
    for (int k = 0; k < RESAMPLES; k++) {
      for (int p = 0; p < values.length; p++) {
        means[k] += values[random.nextInt(values.length)] / values.length;
      }
    }
    Arrays.sort(means);
    return new Statistics(
        mean, means[(int) (0.025 * RESAMPLES)], means[(int) (0.975 * RESAMPLES) - 1]);
  }

  /** Of the element-wise reductions 1 − ours / theirs. */
  public static Statistics reduction(double[] ours, double[] theirs) {
    double[] each = new double[ours.length];
    Arrays.setAll(each, k -> 1 - ours[k] / theirs[k]);
    return of(each);
  }
}
