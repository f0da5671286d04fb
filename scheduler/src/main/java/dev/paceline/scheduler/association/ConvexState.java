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
 * the exact change of the compute part plus the differences of g: a bound in O(1). Survivors are
 * held against a closer one, for which {@link Singles} keeps what single removals and additions
 * cost exactly; only then is the change itself solved. None that improves is ever skipped.
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

  /** A number for the set of users of each server; a set that comes back has its number again. */
  private final int[] membership;

  private final Singles singles;
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
    membership = new int[servers];
    Arrays.fill(membership, 1);
    singles = new Singles(solver, candidates, users);
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

  /** A clock of changes. */
  int now() {
    return versions;
  }

  /** Whether a server's users are others than at a time. */
  boolean changed(int at, int since) {
    return membership[at] > since;
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
    double root = problem.rootGflop(user);
    double[] wait = problem.servers().waitMs();
    double fixed = compute(from, -root) + compute(to, root) + wait[to] - wait[from];
    fixed -= removed(user);
    if (fixed + marginal(user, to) >= -threshold || fixed + added(user, to) >= -threshold) {
      return false;
    }
    return attempt(from, to, () -> pass(user, to), () -> pass(user, from));
  }

  /** Puts every user where another association has it. */
  void become(int[] association) {
    boolean[] touched = new boolean[roots.length];
    for (int i = 0; i < association.length; i++) {
      if (server[i] != association[i]) {
        touched[server[i]] = true;
        touched[association[i]] = true;
        pass(i, association[i]);
      }
    }
    for (int j = 0; j < touched.length; j++) {
      if (touched[j]) {
        solve(j);
      }
    }
  }

  /** The server of every user. */
  int[] association() {
    return server.clone();
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
    // Each takes the other's place: V(S − i + k) − V(S) ≥ g_k(ν(S − i)) − (V(S) − V(S − i)).
    double gain = problem.rootGflop(second) - problem.rootGflop(first);
    double change = compute(j, gain) + compute(l, -gain) - removed(first) - removed(second);
    change += solver.marginal(second, j, singles.priceWithout(first));
    change += solver.marginal(first, l, singles.priceWithout(second));
    if (change >= -threshold) {
      return false;
    }
    return attempt(j, l, () -> exchange(first, second), () -> exchange(first, second));
  }

  /** Makes a change of two servers' users, and takes it back if it is no improvement. */
  private boolean attempt(int j, int l, Runnable change, Runnable back) {
    double before = cost(j) + cost(l);
    int[] old = {version[j], version[l], membership[j], membership[l]};
    double[] solved = {uplink[j], uplink[l], price[j], price[l], roots[j], roots[l]};
    change.run();
    solve(j);
    solve(l);
    if (cost(j) + cost(l) < before - threshold) {
      return true;
    }
    back.run();
    // The sets and prices are those of the cached values again.
    version[j] = old[0];
    version[l] = old[1];
    membership[j] = old[2];
    membership[l] = old[3];
    uplink[j] = solved[0];
    uplink[l] = solved[1];
    price[j] = solved[2];
    price[l] = solved[3];
    roots[j] = solved[4];
    roots[l] = solved[5];
    return false;
  }

  private double removed(int user) {
    int from = server[user];
    return singles.removal(user, from, members, membership[from], uplink[from], price[from]);
  }

  private double added(int user, int to) {
    return singles.addition(user, to, members, membership[to], uplink[to], price[to]);
  }

  private void pass(int user, int to) {
    take(user);
    put(user, to);
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
    membership[to] = ++versions;
  }

  private void take(int user) {
    int from = server[user];
    members.remove(user, from);
    roots[from] -= problem.rootGflop(user);
    membership[from] = ++versions;
  }

  private void solve(int at) {
    uplink[at] = solver.cost(at, members.list(at), members.count(at), price[at]);
    if (price[at] != solver.price()) {
      price[at] = solver.price();
      version[at] = ++versions;
    }
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
