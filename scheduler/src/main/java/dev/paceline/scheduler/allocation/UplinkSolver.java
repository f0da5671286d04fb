package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.SyncPenalty;
import dev.paceline.scheduler.mec.Users;

/**
 * The uplink half of one server's problem: min Σ λ(u − D)² + e u + b y s.t. Σ y ≤ 1.
 *
 * <p>At a price ν ≥ 0 of the band every user's optimum is known ({@link UplinkTerm}), and the total
 * demand φ(ν) = Σ y falls with ν. The optimal price has φ = 1, or is 0 if the band is ample. The
 * search is Newton's iteration on 1/φ², nearly linear in ν between the two limits φ ~ ν^(−1/2) and
 * φ ~ ν^(−1/3), kept inside a bracket.
 *
 * <p>Not thread-safe: holds the price of the last solution.
 */
public final class UplinkSolver {
  /** Demand tolerance when only the cost is wanted; the cost's error is of second order in it. */
  private static final double COST_TOLERANCE = 1e-5;

  private static final double SHARE_TOLERANCE = 1e-12;
  private static final int MAX_STEPS = 200;

  private final UplinkTerm term;
  private final Users users;
  private final SyncPenalty penalty;
  private final double weight;
  private double price;
  private double demand;
  private double slope;
  private double value;

  public UplinkSolver(SlotProblem problem) {
    this.users = problem.users();
    this.penalty = problem.objective().penalty();
    this.weight = problem.objective().syncWeightPerMs();
    this.term = UplinkTerm.of(problem);
  }

  /** The price ν of the last solved server, in ms per whole band. */
  public double price() {
    return price;
  }

  /**
   * The least uplink cost of a set of users, in ms, by its dual value.
   *
   * @param warmPrice a guess of the price, 0 if there is none
   */
  public double cost(int server, int[] members, int count, double warmPrice) {
    price = 0;
    if (count == 0) {
      return 0;
    }
    search(server, members, count, warmPrice, COST_TOLERANCE);
    return value - price;
  }

  /**
   * A user's least uplink cost at a price, ν y included: g_ij(ν). For the optimal price of a set S,
   * weak duality bounds V(S + i) − V(S) from below by g_ij(ν), and V(S) − V(S − i) from above.
   */
  public double marginal(int user, int server, double atPrice) {
    double uplinkMs = term.uplinkMs(user, server, atPrice);
    return cost(user, atPrice, uplinkMs, term.share(user, server, uplinkMs));
  }

  private double cost(int user, double atPrice, double uplinkMs, double share) {
    return penalty.cost(weight, users.deviceMs()[user], uplinkMs)
        + users.costPerUplinkMs()[user] * uplinkMs
        + (users.costPerShare()[user] + atPrice) * share;
  }

  /** The share that a user takes at a price. */
  public double demand(int user, int server, double atPrice) {
    return term.share(user, server, term.uplinkMs(user, server, atPrice));
  }

  /** Writes the optimal shares of a set of users. */
  public void share(int server, int[] members, int count, double[] uplinkShare) {
    search(server, members, count, 0, SHARE_TOLERANCE);
    double sum = 0;
    for (int a = 0; a < count; a++) {
      uplinkShare[members[a]] = demand(members[a], server, price);
      sum += uplinkShare[members[a]];
    }
    if (sum > 1) {
      for (int a = 0; a < count; a++) {
        uplinkShare[members[a]] /= sum;
      }
    }
  }

  private void search(int server, int[] members, int count, double warmPrice, double tolerance) {
    double low = -1;
    double high = Double.POSITIVE_INFINITY;
    double at = warmPrice;
    for (int k = 0; k < MAX_STEPS; k++) {
      price = at;
      measure(server, members, count);
      if (demand <= 1 && at == 0 || Math.abs(demand - 1) <= tolerance) {
        return;
      }
      if (demand > 1) {
        low = at;
      } else {
        high = at;
      }
      double gap = 1 / (demand * demand) - 1;
      double next = at + gap * demand * demand * demand / (2 * slope);
      at = next > low && next < high ? next : inside(low, high, at);
      if (high < Double.POSITIVE_INFINITY && high - low <= 1e-15 * high) {
        return;
      }
    }
  }

  private static double inside(double low, double high, double at) {
    if (low < 0) {
      return high > 1e-9 ? high / 16 : 0;
    }
    if (Double.isInfinite(high)) {
      return at == 0 ? 1e-6 : 8 * at;
    }
    return low == 0 ? high / 16 : Math.sqrt(low * high);
  }

  private void measure(int server, int[] members, int count) {
    demand = 0;
    slope = 0;
    value = 0;
    for (int a = 0; a < count; a++) {
      double uplinkMs = term.uplinkMs(members[a], server, price);
      double share = term.share(members[a], server, uplinkMs);
      demand += share;
      value += cost(members[a], price, uplinkMs, share);
      slope += term.slope(members[a], server, price, uplinkMs);
    }
  }
}
