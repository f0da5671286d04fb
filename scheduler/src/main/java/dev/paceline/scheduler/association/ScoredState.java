package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;

/** Shares proportional to pair scores; a swap is evaluated over the members of two servers. */
final class ScoredState implements SwapState {
  private final SlotProblem problem;
  private final PairScores scores;
  private final int[] server;
  private final Members members;
  private final double[] cost;

  ScoredState(SlotProblem problem, int[] server, PairScores scores) {
    this.problem = problem;
    this.scores = scores;
    this.server = server.clone();
    this.members = new Members(server, problem.serverCount());
    this.cost = new double[problem.serverCount()];
    for (int j = 0; j < cost.length; j++) {
      cost[j] = serverCost(j);
    }
  }

  @Override
  public int server(int user) {
    return server[user];
  }

  @Override
  public double objective() {
    double sum = 0;
    for (double part : cost) {
      sum += part;
    }
    return sum;
  }

  @Override
  public boolean trySwap(int first, int second) {
    int j = server[first];
    int l = server[second];
    exchange(first, j, second, l);
    double costJ = serverCost(j);
    double costL = serverCost(l);
    if (costJ + costL < cost[j] + cost[l] - EPSILON) {
      cost[j] = costJ;
      cost[l] = costL;
      return true;
    }
    exchange(first, l, second, j);
    return false;
  }

  private void exchange(int first, int from, int second, int to) {
    members.remove(first, from);
    members.remove(second, to);
    members.add(first, to);
    members.add(second, from);
    server[first] = to;
    server[second] = from;
  }

  private double serverCost(int j) {
    int[] list = members.list(j);
    int count = members.count(j);
    int servers = problem.serverCount();
    double uplink = 0;
    double compute = 0;
    for (int a = 0; a < count; a++) {
      uplink += scores.uplink()[list[a] * servers + j];
      compute += scores.compute()[list[a] * servers + j];
    }
    double sum = 0;
    for (int a = 0; a < count; a++) {
      int at = list[a] * servers + j;
      sum += problem.cost(list[a], j, scores.uplink()[at] / uplink, scores.compute()[at] / compute);
    }
    return sum;
  }
}
