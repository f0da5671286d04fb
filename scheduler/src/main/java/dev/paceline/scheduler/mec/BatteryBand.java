package dev.paceline.scheduler.mec;

import java.util.random.RandomGenerator;

/** Distribution of the remaining battery level B, a fraction of full. */
public enum BatteryBand {
  /** The "high" users of Fig. 6. */
  HIGH(0.8, 1.0),
  /** The "low" users of Fig. 6; not 0, where the objective has no value. */
  LOW(0.05, 0.2),
  /** Half of the users high, half low. */
  MIXED(Double.NaN, Double.NaN);

  private final double least;
  private final double most;

  BatteryBand(double least, double most) {
    this.least = least;
    this.most = most;
  }

  /** Draws one level. */
  public double draw(RandomGenerator random) {
    if (this == MIXED) {
      return (random.nextBoolean() ? HIGH : LOW).draw(random);
    }
    return least + (most - least) * random.nextDouble();
  }
}
