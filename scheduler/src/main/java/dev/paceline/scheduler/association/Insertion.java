package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;

/** Gives arriving users a server and leaves the others where they are. */
public final class Insertion {
  private Insertion() {}

  /**
   * Fills in the servers of the users that have none, each where it adds least to the objective.
   *
   * @param server a server, or −1 for a user that arrives; changed in place
   */
  public static void insert(SlotProblem problem, int[] server) {
    ConvexState state = new ConvexState(problem, Candidates.all(problem));
    for (int i = 0; i < server.length; i++) {
      if (server[i] >= 0) {
        state.insert(i, server[i]);
      }
    }
    for (int i = 0; i < server.length; i++) {
      if (server[i] < 0) {
        server[i] = cheapest(problem, state, i);
        state.insert(i, server[i]);
      }
    }
  }

  private static int cheapest(SlotProblem problem, ConvexState state, int user) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int j = 0; j < problem.serverCount(); j++) {
      double bound = state.hasRoom(j) ? state.insertBound(user, j) : Double.POSITIVE_INFINITY;
      if (best < 0 && state.hasRoom(j) || bound < least) {
        least = bound;
        best = j;
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no server has room for another session");
    }
    return best;
  }
}
