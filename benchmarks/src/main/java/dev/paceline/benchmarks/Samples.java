package dev.paceline.benchmarks;

import java.util.Arrays;

/** Measured values and their order statistics; medians, because shared machines have outliers. */
public final class Samples {
  private double[] values = new double[64];
  private int count;

  /** Adds one measured value. */
  public void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, count * 2);
    }
    values[count++] = value;
  }

  public int count() {
    return count;
  }

  public double median() {
    return percentile(50);
  }

  /**
   * @param percent in [0, 100]; linear between the two nearest ranks
   * @throws IllegalStateException if nothing was added
   */
  public double percentile(double percent) {
    if (count == 0) {
      throw new IllegalStateException("no samples");
    }
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    double rank = percent / 100 * (count - 1);
    int below = (int) Math.floor(rank);
    int above = Math.min(below + 1, count - 1);
    return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
  }

  public double mean() {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i];
    }
    return count == 0 ? Double.NaN : sum / count;
  }
}
