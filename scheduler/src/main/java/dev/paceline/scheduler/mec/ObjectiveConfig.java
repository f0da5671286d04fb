package dev.paceline.scheduler.mec;

/**
 * The objective P1, in ms and mJ. The paper gives neither λ nor w a unit: in seconds and joules λ =
 * 1e-2 and w = 100 would be inert ({@link LiteralReading#syncPenaltySeconds}).
 *
 * @param syncWeightPerMs λ, positive
 * @param energyWeightMsPerMillijoule w, not negative
 * @param noise reading of Eq. 5
 * @param energy reading of Eq. 8
 * @param penalty reading of the λ term
 * @param slotMs τ = κ in ms
 */
public record ObjectiveConfig(
    double syncWeightPerMs,
    double energyWeightMsPerMillijoule,
    NoiseModel noise,
    EnergyModel energy,
    SyncPenalty penalty,
    double slotMs) {
  /** Rejects weights outside their range. */
  public ObjectiveConfig {
    if (!(syncWeightPerMs > 0) || !(energyWeightMsPerMillijoule >= 0) || !(slotMs > 0)) {
      throw new IllegalArgumentException(
          "the objective needs a positive lambda and slot and a weight w of at least 0, not "
              + syncWeightPerMs
              + ", "
              + slotMs
              + " and "
              + energyWeightMsPerMillijoule);
    }
  }

  /** Table I with w = 0. */
  public static ObjectiveConfig paper() {
    return new ObjectiveConfig(
        1e-2, 0, NoiseModel.FIXED_BAND, EnergyModel.PHYSICAL, SyncPenalty.TWO_SIDED, 100);
  }

  /** The same objective with another w. */
  public ObjectiveConfig withEnergyWeight(double weight) {
    return new ObjectiveConfig(syncWeightPerMs, weight, noise, energy, penalty, slotMs);
  }

  /** The same objective with another reading of Eq. 8. */
  public ObjectiveConfig withEnergy(EnergyModel model) {
    return new ObjectiveConfig(
        syncWeightPerMs, energyWeightMsPerMillijoule, noise, model, penalty, slotMs);
  }

  /** The same objective with another reading of Eq. 5. */
  public ObjectiveConfig withNoise(NoiseModel model) {
    return new ObjectiveConfig(
        syncWeightPerMs, energyWeightMsPerMillijoule, model, energy, penalty, slotMs);
  }

  /** The same objective with another reading of the λ term. */
  public ObjectiveConfig withPenalty(SyncPenalty reading) {
    return new ObjectiveConfig(
        syncWeightPerMs, energyWeightMsPerMillijoule, noise, energy, reading, slotMs);
  }
}
