package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;

/**
 * Moves users that are served already where that is worth what it costs: the live objective adds
 * c_mig · 1[x_i ≠ x_i before], c_mig the time that a moved session is held up.
 */
public final class Migration {
  private Migration() {}

  /**
   * Moves every user that may move at most once, to the server where it lowers the objective most,
   * if it does so by more than the cost.
   *
   * @param server the server of every user; changed in place
   * @param movable who may move
   * @param costMs c_mig in ms
   * @return number of users moved
   */
  public static int move(SlotProblem problem, int[] server, boolean[] movable, double costMs) {
    if (server.length == 0) {
      return 0;
    }
    ConvexState state = new ConvexState(problem, Candidates.all(problem), server);
    state.setThreshold(costMs);
    int moved = 0;
    for (int i = 0; i < server.length; i++) {
      int best = server[i];
      double least = -costMs;
      for (int j = 0; movable[i] && j < problem.serverCount(); j++) {
        double bound = j == server[i] || !state.hasRoom(j) ? 0 : state.moveBound(i, j);
        if (bound < least) {
          least = bound;
          best = j;
        }
      }
      if (best != server[i] && state.tryMove(i, best)) {
        server[i] = best;
        moved++;
      }
    }
    return moved;
  }
}
