package dev.paceline.scheduler.mec;

/**
 * The radio network.
 *
 * @param bandwidthHz W, split equally among the servers, so that they do not interfere
 * @param carrierGhz carrier frequency
 * @param noiseFigureDb of a server's receiver
 * @param antennaGainDb of a server's antenna over isotropic; phones have 0 dBi
 * @param areaMetres side of the square
 * @param serverHeightMetres in metres
 * @param deviceHeightMetres in metres
 * @param speedMetresPerSecond of the pedestrians
 * @param propagation path loss and shadowing
 */
public record RadioConfig(
    double bandwidthHz,
    double carrierGhz,
    double noiseFigureDb,
    double antennaGainDb,
    double areaMetres,
    double serverHeightMetres,
    double deviceHeightMetres,
    double speedMetresPerSecond,
    Propagation propagation) {
  /** N0 of the paper's Table I. */
  public static final double NOISE_DBM_PER_HZ = -174;

  /** Path loss and shadowing. */
  public enum Propagation {
    /** TR 38.901 UMi. */
    UMI,
    /** The public code of the paper's group: 41 + 28 lg √(d² + 100) + 10 dB, 5 dB shadowing. */
    MEC_UARA
  }

  /** Table I of the paper, the rest from TR 38.901. */
  public static RadioConfig paper() {
    return new RadioConfig(10e6, 3.5, 5, 5, 400, 10, 1.5, 3 / 3.6, Propagation.UMI);
  }

  /** The same density of servers and bandwidth per server as {@code this} has with 10 servers. */
  public RadioConfig scaledTo(int servers) {
    double factor = servers / 10.0;
    return new RadioConfig(
        bandwidthHz * factor,
        carrierGhz,
        noiseFigureDb,
        antennaGainDb,
        areaMetres * Math.sqrt(factor),
        serverHeightMetres,
        deviceHeightMetres,
        speedMetresPerSecond,
        propagation);
  }

  /** Noise power over a band in dBm, noise figure included. */
  public double noiseDbm(double bandHz) {
    return NOISE_DBM_PER_HZ + 10 * Math.log10(bandHz) + noiseFigureDb;
  }
}
