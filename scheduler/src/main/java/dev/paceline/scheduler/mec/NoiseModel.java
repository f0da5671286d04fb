package dev.paceline.scheduler.mec;

/**
 * Which noise power the SNR of Eq. 5 uses. The paper divides by N0, a density; noise needs a
 * bandwidth.
 */
public enum NoiseModel {
  /** Noise of the server's whole band W_j: the rate is linear in the share y. */
  FIXED_BAND,
  /** Noise of the band used, y · W_j: transmit power concentrates when the share shrinks. */
  SCALED;

  private static final double LN2 = Math.log(2);

  /**
   * Uplink rate of Eq. 5 in bits per ms, log taken to base 2.
   *
   * @param share y, part of the band
   * @param bandHz W_j
   * @param snr signal-to-noise ratio over the whole band
   */
  public double bitsPerMs(double share, double bandHz, double snr) {
    double effective = this == FIXED_BAND ? snr : snr / share;
    return share * bandHz * Math.log1p(effective) / LN2 / 1000;
  }
}
