package dev.paceline.scheduler.association;

import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;

/**
 * An association under the exact convex shares, with the objective kept up to date under moves and
 * swaps.
 *
 * <p>A server's cost is (Σ√f)²/F + n · wait + V, V the uplink's optimum at price ν. By weak duality
 * V(S + i) ≥ V(S) + g_i(ν) and V(S − i) ≥ V(S) − g_i(ν), so the change of the objective is at least
 * the exact change of the compute part plus the differences of g: a bound in O(1). Only changes
 * whose bound is an improvement are solved exactly; none that improves is ever skipped.
 */
final class ConvexState implements SwapState {
  private final SlotProblem problem;
  private final UplinkSolver solver;
  private final Candidates candidates;
  private final int[] server;
  private final Members members;
  private final double[] roots;
  private final double[] uplink;
  private final double[] price;
  private final int[] version;
  private final double[] cached;
  private final int[] cachedVersion;
  private int versions = 1;
  private double threshold = EPSILON;

  /** Nobody is associated yet. */
  ConvexState(SlotProblem problem, Candidates candidates) {
    this.problem = problem;
    this.candidates = candidates;
    this.solver = new UplinkSolver(problem);
    int servers = problem.serverCount();
    int users = problem.userCount();
    server = new int[users];
    Arrays.fill(server, -1);
    members = new Members(users, servers);
    roots = new double[servers];
    uplink = new double[servers];
    price = new double[servers];
    version = new int[servers];
    Arrays.fill(version, 1);
    cached = new double[users * candidates.width()];
    cachedVersion = new int[users * candidates.width()];
  }

  ConvexState(SlotProblem problem, Candidates candidates, int[] association) {
    this(problem, candidates);
    for (int i = 0; i < association.length; i++) {
      put(i, association[i]);
    }
    for (int j = 0; j < problem.serverCount(); j++) {
      solve(j);
    }
  }

  @Override
  public int server(int user) {
    return server[user];
  }

  /** The members of each server. */
  Members members() {
    return members;
  }

  /** The price ν of a server's band. */
  double price(int at) {
    return price[at];
  }

  /** Σ √f over a server's users. */
  double roots(int at) {
    return roots[at];
  }

  @Override
  public double objective() {
    double sum = 0;
    for (int j = 0; j < roots.length; j++) {
      sum += cost(j);
    }
    return sum;
  }

  /**
   * Asks for improvements of at least this many ms from now on; smaller ones cost more time than
   * they save.
   */
  void setThreshold(double ms) {
    threshold = Math.max(EPSILON, ms);
  }

  double threshold() {
    return threshold;
  }

  boolean hasRoom(int at) {
    return members.count(at) < problem.servers().sessionCapacity()[at];
  }

  /** Lower bound on what associating a new user costs. */
  double insertBound(int user, int to) {
    return compute(to, problem.rootGflop(user))
        + problem.servers().waitMs()[to]
        + marginal(user, to);
  }

  void insert(int user, int to) {
    put(user, to);
    solve(to);
  }

  /** Lower bound on the change of the objective if a user moves. */
  double moveBound(int user, int to) {
    int from = server[user];
    double root = problem.rootGflop(user);
    double[] wait = problem.servers().waitMs();
    return compute(from, -root)
        + compute(to, root)
        + wait[to]
        - wait[from]
        + marginal(user, to)
        - marginal(user, from);
  }

  /** Moves a user if that lowers the objective. */
  boolean tryMove(int user, int to) {
    int from = server[user];
    double before = cost(from) + cost(to);
    int oldFrom = version[from];
    int oldTo = version[to];
    double[] old = {uplink[from], uplink[to], price[from], price[to]};
    take(user);
    put(user, to);
    solve(from);
    solve(to);
    if (cost(from) + cost(to) < before - threshold) {
      return true;
    }
    take(user);
    put(user, from);
    restore(from, to, oldFrom, oldTo, old);
    return false;
  }

  /** Lower bound on the change of the objective if two users swap servers. */
  double swapBound(int first, int second) {
    int j = server[first];
    int l = server[second];
    double gain = problem.rootGflop(second) - problem.rootGflop(first);
    return compute(j, gain)
        + compute(l, -gain)
        + marginal(first, l)
        + marginal(second, j)
        - marginal(first, j)
        - marginal(second, l);
  }

  @Override
  public boolean trySwap(int first, int second) {
    int j = server[first];
    int l = server[second];
    if (swapBound(first, second) >= -threshold) {
      return false;
    }
    double before = cost(j) + cost(l);
    int oldJ = version[j];
    int oldL = version[l];
    double[] old = {uplink[j], uplink[l], price[j], price[l]};
    exchange(first, second);
    solve(j);
    solve(l);
    if (cost(j) + cost(l) < before - threshold) {
      return true;
    }
    exchange(first, second);
    restore(j, l, oldJ, oldL, old);
    return false;
  }

  private void exchange(int first, int second) {
    int j = server[first];
    int l = server[second];
    take(first);
    take(second);
    put(first, l);
    put(second, j);
  }

  private void put(int user, int to) {
    server[user] = to;
    members.add(user, to);
    roots[to] += problem.rootGflop(user);
  }

  private void take(int user) {
    int from = server[user];
    members.remove(user, from);
    roots[from] -= problem.rootGflop(user);
  }

  private void solve(int at) {
    uplink[at] = solver.cost(at, members.list(at), members.count(at), price[at]);
    if (price[at] != solver.price()) {
      price[at] = solver.price();
      version[at] = ++versions;
    }
  }

  private void restore(int j, int l, int oldJ, int oldL, double[] old) {
    uplink[j] = old[0];
    uplink[l] = old[1];
    price[j] = old[2];
    price[l] = old[3];
    // The prices are those of the cached marginals again.
    version[j] = oldJ;
    version[l] = oldL;
  }

  private double cost(int at) {
    return roots[at] * roots[at] / problem.servers().gflopPerMs()[at]
        + members.count(at) * problem.servers().waitMs()[at]
        + uplink[at];
  }

  /** Exact change of (Σ√f)²/F if a root is added. */
  private double compute(int at, double root) {
    return (2 * roots[at] + root) * root / problem.servers().gflopPerMs()[at];
  }

  /** g_ij at the server's present price. */
  double marginal(int user, int at) {
    int column = candidates.index(user, at);
    if (column < 0) {
      return solver.marginal(user, at, price[at]);
    }
    int key = user * candidates.width() + column;
    if (cachedVersion[key] != version[at]) {
      cached[key] = solver.marginal(user, at, price[at]);
      cachedVersion[key] = version[at];
    }
    return cached[key];
  }
}
