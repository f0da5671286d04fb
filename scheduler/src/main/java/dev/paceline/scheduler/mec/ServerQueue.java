package dev.paceline.scheduler.mec;

/**
 * The waiting phase kκ of Eq. 6. The paper defines neither k nor κ; here κ is the slot τ and k the
 * slots a server needs for the work already queued.
 */
public final class ServerQueue {
  private ServerQueue() {}

  /** Wait kκ in ms, k = ⌈Q / (F τ)⌉. */
  public static double waitMs(double queuedGflop, double gflopPerMs, double slotMs) {
    return Math.ceil(queuedGflop / (gflopPerMs * slotMs)) * slotMs;
  }

  /** Work in GFLOP left after a slot: max(0, Q + arrivals − F τ). */
  public static double next(
      double queuedGflop, double arrivedGflop, double gflopPerMs, double slotMs) {
    return Math.max(0, queuedGflop + arrivedGflop - gflopPerMs * slotMs);
  }
}
