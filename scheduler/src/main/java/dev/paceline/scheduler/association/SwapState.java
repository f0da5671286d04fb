package dev.paceline.scheduler.association;

/** An association whose objective is kept up to date under swaps. */
interface SwapState {
  /** The server of a user. */
  int server(int user);

  /** Σ over servers of the objective's part that depends on the association, in ms. */
  double objective();

  /**
   * Exchanges the servers of two users if that lowers the objective by more than {@link #EPSILON}.
   *
   * @return whether it did
   */
  boolean trySwap(int first, int second);

  /** Least improvement in ms that counts; rounding stays below it, so that searches end. */
  double EPSILON = 1e-7;
}
