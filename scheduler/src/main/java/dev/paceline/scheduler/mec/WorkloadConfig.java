package dev.paceline.scheduler.mec;

/**
 * Who asks for what.
 *
 * @param compute meaning of the speeds F
 * @param payload what the uplink carries
 * @param draftLength γ, draft tokens in one frame
 * @param battery distribution of B
 * @param leastTransmitDbm lower end of P
 * @param mostTransmitDbm upper end of P
 */
public record WorkloadConfig(
    ComputeProfile compute,
    PayloadMode payload,
    int draftLength,
    BatteryBand battery,
    double leastTransmitDbm,
    double mostTransmitDbm) {
  /** Table I, peak rates. */
  public static WorkloadConfig paper() {
    return new WorkloadConfig(
        ComputeProfile.PAPER_PEAK, PayloadMode.IDS_PROB, 8, BatteryBand.MIXED, 16, 24);
  }

  /** The same workload with another meaning of F. */
  public WorkloadConfig withCompute(ComputeProfile profile) {
    return new WorkloadConfig(
        profile, payload, draftLength, battery, leastTransmitDbm, mostTransmitDbm);
  }
}
