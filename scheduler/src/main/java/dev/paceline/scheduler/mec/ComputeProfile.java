package dev.paceline.scheduler.mec;

/** Which speed F stands for. */
public enum ComputeProfile {
  /** Peak rates, as the paper computes: a phone would draft a code answer in 35 ms. */
  PAPER_PEAK {
    @Override
    public double deviceMs(DeviceType type, Task task) {
      return task.deviceGflop() / type.peakGflops() * 1000;
    }

    @Override
    public double serverGflopPerMs(ServerType type) {
      return type.peakGflops() / 1000;
    }
  },

  /** Rates a decoder reaches: tokens per second on the phone, 35 % of the peak on the server. */
  CALIBRATED {
    @Override
    public double deviceMs(DeviceType type, Task task) {
      return task.draftedTokens() / type.draftTokensPerSecond() * 1000;
    }

    @Override
    public double serverGflopPerMs(ServerType type) {
      return SERVER_UTILISATION * type.peakGflops() / 1000;
    }
  };

  /** Assumed part of the peak that batched verification reaches. */
  private static final double SERVER_UTILISATION = 0.35;

  /** D^MD of Eq. 6, drafting time in ms. */
  public abstract double deviceMs(DeviceType type, Task task);

  /** F^ES of Eq. 6 in GFLOP/ms. */
  public abstract double serverGflopPerMs(ServerType type);
}
