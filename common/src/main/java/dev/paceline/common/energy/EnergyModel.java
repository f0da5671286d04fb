package dev.paceline.common.energy;

import dev.paceline.common.UserError;

/**
 * Energy that drafting takes from a device, after Eq. 8 of Koh and Yang, read in units that make
 * sense: computing costs f / δ^CP with δ^CP = 10⁹ FLOP/J and f = 2 FLOP per parameter and token;
 * sending costs δ^CM · P for as long as a byte takes at the uplink's rate, δ^CM = 2.6 (consumed
 * over radiated power) and P = 20 dBm, the middle of the paper's 16 to 24 dBm. Screen, reception
 * and the radio's tail are left out. Immutable.
 */
public final class EnergyModel {
  private static final double FLOP_PER_JOULE = 1e9;
  private static final double FLOP_PER_PARAMETER = 2;
  private static final double TRANSMIT_COEFFICIENT = 2.6;
  private static final double TRANSMIT_WATT = 0.1;

  /** Where no rate is known; an ordinary mobile uplink. */
  private static final double USUAL_UPLINK_BITS_PER_SECOND = 5e6;

  /** A battery below this level is not priced higher. */
  private static final double LEAST_LEVEL = 0.02;

  /**
   * What a joule of a full battery is worth, in milliseconds of waiting. The paper leaves its
   * weight w to the operator; this one adds 2.5 ms to each token of a 124 M draft when the battery
   * is full, a tenth of what the token takes, and doubles that time at one tenth.
   */
  private static final double MS_PER_JOULE = 10;

  private final double joulesPerDraftedToken;
  private final double joulesPerByte;
  private final double msPerJoule;

  /**
   * @param joulesPerDraftedToken not negative
   * @param joulesPerByte sent; not negative
   * @param msPerJoule milliseconds of waiting that a joule of a full battery is worth
   */
  public EnergyModel(double joulesPerDraftedToken, double joulesPerByte, double msPerJoule) {
    this.joulesPerDraftedToken = checked("energy per drafted token", joulesPerDraftedToken);
    this.joulesPerByte = checked("energy per byte", joulesPerByte);
    this.msPerJoule = checked("worth of a joule", msPerJoule);
  }

  private static double checked(String what, double value) {
    if (!(value >= 0 && value <= 1e6)) {
      throw new UserError(what + " " + value + " is not between 0 and 1e6");
    }
    return value;
  }

  /**
   * The model of a draft model.
   *
   * @param parameters of the draft model
   */
  public static EnergyModel ofDraft(long parameters) {
    double perToken = parameters * FLOP_PER_PARAMETER / FLOP_PER_JOULE;
    return new EnergyModel(perToken, perByte(USUAL_UPLINK_BITS_PER_SECOND), MS_PER_JOULE);
  }

  private static double perByte(double bitsPerSecond) {
    return TRANSMIT_COEFFICIENT * TRANSMIT_WATT * 8 / bitsPerSecond;
  }

  /**
   * The same with bytes priced for a known uplink.
   *
   * @param bitsPerSecond positive
   */
  public EnergyModel atUplink(double bitsPerSecond) {
    return new EnergyModel(joulesPerDraftedToken, perByte(bitsPerSecond), msPerJoule);
  }

  /** Joules to draft one token. */
  public double energyPerDraftedToken() {
    return joulesPerDraftedToken;
  }

  /** Joules to send one byte. */
  public double energyPerByte() {
    return joulesPerByte;
  }

  /** Joules of so much drafting and sending. */
  public double energy(long draftedTokens, long bytes) {
    return draftedTokens * joulesPerDraftedToken + bytes * joulesPerByte;
  }

  /**
   * How much dearer energy is than from a full battery: 1 / B, as in the paper's objective; 1 on
   * mains or where nothing is known.
   */
  public double priceFactor(PowerState power) {
    return power.onBattery() ? 1 / Math.max(LEAST_LEVEL, power.level()) : 1;
  }

  /** Milliseconds of waiting that a joule is worth now; 0 on mains or where nothing is known. */
  public double msPerJoule(PowerState power) {
    return power.onBattery() ? msPerJoule * priceFactor(power) : 0;
  }
}
