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
  public static double losProbability(double distance2d) {
    if (distance2d <= 18) {
      return 1;
    }
    double near = 18 / distance2d;
    return near + Math.exp(-distance2d / 36) * (1 - near);
  }

  /**
   * Basic path loss without shadowing.
   *
   * @param distance2d horizontal distance; the table starts at 10 m, nothing is clamped below
   * @param serverHeight h_BS
   * @param deviceHeight h_UT
   */
  public static double decibel(
      double distance2d,
      double serverHeight,
      double deviceHeight,
      double carrierGhz,
      boolean lineOfSight) {
    double height = serverHeight - deviceHeight;
    double distance3d = Math.hypot(distance2d, height);
    double logDistance = Math.log10(distance3d);
    double logCarrier = Math.log10(carrierGhz);
    double breakPoint =
        4 * (serverHeight - 1) * (deviceHeight - 1) * carrierGhz * 1e9 / LIGHT_METRES_PER_SECOND;
    double los =
        distance2d < breakPoint
            ? 32.4 + 21 * logDistance + 20 * logCarrier
            : 32.4
                + 40 * logDistance
                + 20 * logCarrier
                - 9.5 * Math.log10(breakPoint * breakPoint + height * height);
    if (lineOfSight) {
      return los;
    }
    return Math.max(
        los, 22.4 + 35.3 * logDistance + 21.3 * logCarrier - 0.3 * (deviceHeight - 1.5));
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
