package dev.paceline.common.speculation.control;

/**
 * How far a model of the time per token is off, by what tokens really took: the mean of time over
 * expected time, token by token, beginning with a guess and forgetting slowly.
 */
final class Calibration {
  /** Imagined tokens at the guess: a run of fewer says little, since runs of luck are long. */
  private static final double WEIGHT = 100;

  private static final double FORGET = 0.99;

  private final double guess;
  private double tokens;
  private double ratios;

  Calibration(double guess) {
    this.guess = guess;
  }

  /**
   * @param count tokens that came together
   * @param nanos since those before them
   * @param expected nanoseconds per token
   */
  void add(int count, double nanos, double expected) {
    tokens = FORGET * tokens + count;
    ratios = FORGET * ratios + nanos / expected;
  }

  /** What to multiply the model's time by. */
  double factor() {
    return (guess * WEIGHT + ratios) / (WEIGHT + tokens);
  }
}
