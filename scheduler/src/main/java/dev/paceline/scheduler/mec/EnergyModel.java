package dev.paceline.scheduler.mec;

/**
 * What sending costs a phone, E^CM of Eq. 8. The paper's δ · y · W · P is hertz times watts, which
 * is no energy.
 */
public enum EnergyModel {
  /** Power for as long as the upload takes: δ · P · d / R. */
  PHYSICAL,
  /** Constant power density over the slot: δ · P · y · τ. */
  OCCUPANCY,
  /** The paper's letter, for audit: δ · y · W · P, its number read as millijoules. */
  LITERAL;

  /** δ^CM, the slope of consumed over radiated power. */
  public static final double TRANSMIT_COEFFICIENT = 2.6;

  /** Energy in mJ per ms of uploading. */
  public double millijoulesPerMs(double transmitWatt) {
    return this == PHYSICAL ? TRANSMIT_COEFFICIENT * transmitWatt : 0;
  }

  /** Energy in mJ per whole band held for a slot. */
  public double millijoulesPerShare(double transmitWatt, double slotMs, double bandHz) {
    return switch (this) {
      case PHYSICAL -> 0;
      case OCCUPANCY -> TRANSMIT_COEFFICIENT * transmitWatt * slotMs;
      case LITERAL -> TRANSMIT_COEFFICIENT * transmitWatt * bandHz;
    };
  }
}
