package dev.paceline.scheduler.mec;

/**
 * The objective P1.
 *
 * @param syncWeight λ in 1/ms, positive
 * @param energyWeight w in ms per mJ, not negative
 * @param noise reading of Eq. 5
 * @param energy reading of Eq. 8
 * @param penalty reading of the λ term
 * @param slotMs τ = κ in ms
 */
public record ObjectiveConfig(
    double syncWeight,
    double energyWeight,
    NoiseModel noise,
    EnergyModel energy,
    SyncPenalty penalty,
    double slotMs) {
  /** Rejects weights outside their range. */
  public ObjectiveConfig {
    if (!(syncWeight > 0) || !(energyWeight >= 0) || !(slotMs > 0)) {
      throw new IllegalArgumentException(
          "the objective needs a positive lambda and slot and a weight w of at least 0, not "
              + syncWeight
              + ", "
              + slotMs
              + " and "
              + energyWeight);
    }
  }

  /** Table I with w = 0. */
  public static ObjectiveConfig paper() {
    return new ObjectiveConfig(
        1e-2, 0, NoiseModel.FIXED_BAND, EnergyModel.PHYSICAL, SyncPenalty.TWO_SIDED, 100);
  }

  /** The same objective with another w. */
  public ObjectiveConfig withEnergyWeight(double weight) {
    return new ObjectiveConfig(syncWeight, weight, noise, energy, penalty, slotMs);
  }

  /** The same objective with another reading of Eq. 8. */
  public ObjectiveConfig withEnergy(EnergyModel model) {
    return new ObjectiveConfig(syncWeight, energyWeight, noise, model, penalty, slotMs);
  }

  /** The same objective with another reading of Eq. 5. */
  public ObjectiveConfig withNoise(NoiseModel model) {
    return new ObjectiveConfig(syncWeight, energyWeight, model, energy, penalty, slotMs);
  }

  /** The same objective with another reading of the λ term. */
  public ObjectiveConfig withPenalty(SyncPenalty reading) {
    return new ObjectiveConfig(syncWeight, energyWeight, noise, energy, reading, slotMs);
  }
}
