package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;

/** Equal shares: a user's cost depends only on the number of users beside it, O(1) a swap. */
final class UniformState implements SwapState {
  private final SlotProblem problem;
  private final int[] server;
  private final int[] sessions;

  UniformState(SlotProblem problem, int[] server) {
    this.problem = problem;
    this.server = server.clone();
    this.sessions = new int[problem.serverCount()];
    for (int j : server) {
      sessions[j]++;
    }
  }

  @Override
  public int server(int user) {
    return server[user];
  }

  @Override
  public double objective() {
    double sum = 0;
    for (int i = 0; i < server.length; i++) {
      sum += cost(i, server[i]);
    }
    return sum;
  }

  @Override
  public boolean trySwap(int first, int second) {
    int j = server[first];
    int l = server[second];
    double change = cost(first, l) + cost(second, j) - cost(first, j) - cost(second, l);
    if (change >= -EPSILON) {
      return false;
    }
    server[first] = l;
    server[second] = j;
    return true;
  }

  private double cost(int user, int at) {
    double share = 1.0 / sessions[at];
    return problem.cost(user, at, share, share);
  }
}
