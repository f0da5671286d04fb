package dev.paceline.scheduler.mec;

/** The phones of the paper's section V. */
public enum DeviceType {
  GALAXY_S23(3681, 45, 15.1),
  IPHONE_14(2000, 40, 12.7),
  MATE_60(2060, 30, 18.4);

  private final double peakGflops;
  private final double draftTokensPerSecond;
  private final double batteryWattHours;

  DeviceType(double peakGflops, double draftTokensPerSecond, double batteryWattHours) {
    this.peakGflops = peakGflops;
    this.draftTokensPerSecond = draftTokensPerSecond;
    this.batteryWattHours = batteryWattHours;
  }

  /** Peak FP32 rate of the graphics unit in GFLOP/s, the F^MD that the paper's group publishes. */
  public double peakGflops() {
    return peakGflops;
  }

  /**
   * Tokens of a 124 M-parameter draft model per second. An assumption between published numbers for
   * similar phones, not a measurement of these; decoding is bound by memory, 200–400 times below
   * the peak.
   */
  public double draftTokensPerSecond() {
    return draftTokensPerSecond;
  }

  /** Capacity of the full battery in watt hours. */
  public double batteryWattHours() {
    return batteryWattHours;
  }
}
