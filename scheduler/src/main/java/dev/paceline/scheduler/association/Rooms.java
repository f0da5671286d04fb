package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;

/** Sessions that the servers still have room for. */
final class Rooms {
  private final int[] sessions;
  private final int[] capacity;

  Rooms(SlotProblem problem) {
    sessions = new int[problem.serverCount()];
    capacity = problem.servers().sessionCapacity();
  }

  boolean free(int server) {
    return sessions[server] < capacity[server];
  }

  int sessions(int server) {
    return sessions[server];
  }

  void take(int server) {
    sessions[server]++;
  }

  /** The free server of the largest score; the first of several. */
  int best(java.util.function.IntToDoubleFunction score) {
    int best = -1;
    double most = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < sessions.length; j++) {
      if (free(j)) {
        double value = score.applyAsDouble(j);
        if (best < 0 || value > most) {
          best = j;
          most = value;
        }
      }
    }
    if (best < 0) {
      throw new IllegalStateException("no server has room for another session");
    }
    return best;
  }
}
