package dev.paceline.scheduler.mec;

/**
 * Urban-microcell (street canyon) propagation of 3GPP TR 38.901, table 7.4.1-1 and 7.4.2-1. The
 * paper cites TS 38.214, which has no channel model.
 *
 * <p>Distances in metres, carrier in GHz, losses in dB. The effective environment height is 1 m.
 * Outdoor terminals only.
 */
public final class UmiPathLoss {
  private static final double LIGHT_METRES_PER_SECOND = 299_792_458;

  private UmiPathLoss() {}

  /** Probability of line of sight at a horizontal distance. */
  public static double losProbability(double distance2dMetres) {
    if (distance2dMetres <= 18) {
      return 1;
    }
    double near = 18 / distance2dMetres;
    return near + Math.exp(-distance2dMetres / 36) * (1 - near);
  }

  /**
   * Basic path loss without shadowing.
   *
   * @param distance2dMetres horizontal distance; the table starts at 10 m, nothing is clamped below
   * @param serverHeightMetres h_BS
   * @param deviceHeightMetres h_UT
   */
  public static double decibel(
      double distance2dMetres,
      double serverHeightMetres,
      double deviceHeightMetres,
      double carrierGhz,
      boolean lineOfSight) {
    double height = serverHeightMetres - deviceHeightMetres;
    double distance3d = Math.hypot(distance2dMetres, height);
    double logDistance = Math.log10(distance3d);
    double logCarrier = Math.log10(carrierGhz);
    double breakPoint =
        4
            * (serverHeightMetres - 1)
            * (deviceHeightMetres - 1)
            * carrierGhz
            * 1e9
            / LIGHT_METRES_PER_SECOND;
    double los =
        distance2dMetres < breakPoint
            ? 32.4 + 21 * logDistance + 20 * logCarrier
            : 32.4
                + 40 * logDistance
                + 20 * logCarrier
                - 9.5 * Math.log10(breakPoint * breakPoint + height * height);
    if (lineOfSight) {
      return los;
    }
    return Math.max(
        los, 22.4 + 35.3 * logDistance + 21.3 * logCarrier - 0.3 * (deviceHeightMetres - 1.5));
  }

  /** Standard deviation of shadow fading in dB. */
  public static double shadowingDecibel(boolean lineOfSight) {
    return lineOfSight ? 4 : 7.82;
  }

  /** Distance in metres over which shadow fading decorrelates to 1/e. */
  public static double shadowingMetres(boolean lineOfSight) {
    return lineOfSight ? 10 : 13;
  }
}
