package dev.paceline.scheduler.mec;

/** The synchronisation term λ · ‖D^MD − d/R‖² of the paper's objective. */
public enum SyncPenalty {
  /** As written: an upload faster than drafting is penalised as well. */
  TWO_SIDED,
  /** Only an upload slower than drafting is penalised. */
  ONE_SIDED;

  /** Penalty in ms; arguments in ms, weight in 1/ms. */
  public double cost(double weight, double deviceMs, double uplinkMs) {
    double late = uplinkMs - deviceMs;
    return this == ONE_SIDED && late < 0 ? 0 : weight * late * late;
  }
}
