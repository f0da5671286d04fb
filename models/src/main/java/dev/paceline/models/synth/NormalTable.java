package dev.paceline.models.synth;

import dev.paceline.common.sampling.Race;

/**
 * Normal variables at the price of a table look-up: 2^16 equally likely quantiles of the standard
 * normal distribution, chosen by 16 bits of a counter's hash. The same on every machine and Java
 * version; the largest value is 4.2.
 */
final class NormalTable {
  static final int SIZE = 1 << 16;

  /** Step of the integration; the quantiles are exact to about its square. */
  private static final double STEP = 1e-5;

  private static final double[] QUANTILES = quantiles();

  private NormalTable() {}

  /** The table scaled to a standard deviation. */
  static float[] scaled(double deviation) {
    float[] table = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      table[i] = (float) (QUANTILES[i] * deviation);
    }
    return table;
  }

  /**
   * 64 random bits, enough for four values.
   *
   * @param key of the tensor
   * @param group index of the four values in the tensor
   */
  static long bits(long key, long group) {
    return Race.mix(key + group * 0x9E3779B97F4A7C15L);
  }

  /** The key of a tensor. */
  static long key(long seed, String tensor) {
    return Race.mix(Race.mix(seed) ^ tensor.hashCode() * 0xBF58476D1CE4E5B9L);
  }

  /**
   * Integrates the density from 0 and notes where it passes each (i + ½) / 2^16; then makes the
   * variance 1.
   */
  private static double[] quantiles() {
    double[] quantiles = new double[SIZE];
    double area = 0.5;
    double x = 0;
    double density = density(0);
    double squares = 0;
    for (int i = SIZE / 2; i < SIZE; i++) {
      double wanted = (i + 0.5) / SIZE;
      while (true) {
        double next = density(x + STEP);
        double slice = (density + next) / 2 * STEP;
        if (area + slice >= wanted) {
          break;
        }
        area += slice;
        x += STEP;
        density = next;
      }
      quantiles[i] = x + (wanted - area) / density;
      squares += 2 * quantiles[i] * quantiles[i];
    }
    double scale = Math.sqrt(SIZE / squares);
    for (int i = SIZE / 2; i < SIZE; i++) {
      quantiles[i] *= scale;
      quantiles[SIZE - 1 - i] = -quantiles[i];
    }
    return quantiles;
  }

  private static double density(double x) {
    return StrictMath.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
