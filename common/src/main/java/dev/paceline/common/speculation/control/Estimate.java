package dev.paceline.common.speculation.control;

/**
 * A running mean. The first samples count equally, later ones with a fixed gain, so that it settles
 * at once and then follows.
 */
final class Estimate {
  private final double gain;
  private double mean;
  private int samples;

  /**
   * @param gain weight of a new sample once there are 1 / gain of them, in (0, 1]
   */
  Estimate(double gain) {
    this.gain = gain;
  }

  void add(double sample) {
    samples++;
    mean += Math.max(gain, 1.0 / samples) * (sample - mean);
  }

  boolean known() {
    return samples > 0;
  }

  int samples() {
    return samples;
  }

  /** The mean, or the given value before the first sample. */
  double or(double unknown) {
    return samples == 0 ? unknown : mean;
  }
}
