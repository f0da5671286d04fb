package dev.paceline.scheduler.association;

import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;

/**
 * A lower bound on P1 over all associations and shares, by Lagrangian duality.
 *
 * <p>With prices μ of compute, ν of the band and η of a session, all at least 0, L = Σ D_i − Σ_j
 * (μ_j + ν_j + η_j C_j) + Σ_i min_j {wait_j + 2√(f_i μ_j / F_j) + g_ij(ν_j) + η_j} is below every
 * feasible objective (weak duality). L is concave; it is raised by subgradient steps of Polyak's
 * length towards the objective of a known association, shortened when they stop helping.
 */
public final class DualBound {
  /** Steps without a better bound after which the step is halved and the best prices restored. */
  private static final int PATIENCE = 15;

  private final SlotProblem problem;
  private final UplinkSolver solver;
  private final int servers;
  private final double target;

  /** Unit of each price, so that one step length suits all: μ, then ν, then η of every server. */
  private final double[] unit;

  private final double[] price;
  private final double[] slope;

  private DualBound(SlotProblem problem, int[] association) {
    this.problem = problem;
    this.solver = new UplinkSolver(problem);
    this.servers = problem.serverCount();
    ConvexState state = new ConvexState(problem, Candidates.all(problem), association);
    target = state.objective() + Arrays.stream(problem.users().deviceMs()).sum();
    unit = new double[3 * servers];
    price = new double[3 * servers];
    slope = new double[3 * servers];
    double[] speed = problem.servers().gflopPerMs();
    double speeds = Arrays.stream(speed).sum();
    double roots = 0;
    for (int i = 0; i < problem.userCount(); i++) {
      roots += problem.rootGflop(i);
    }
    double band = 0;
    for (int j = 0; j < servers; j++) {
      band += state.price(j) / servers;
    }
    for (int j = 0; j < servers; j++) {
      // The optimum if compute could be shared freely: the same μ_j / F_j everywhere.
      unit[j] = roots * roots * speed[j] / (speeds * speeds);
      unit[servers + j] = Math.max(band, 1e-3 * unit[j]);
      unit[2 * servers + j] = state.hasRoom(j) ? 0 : target / problem.userCount();
      price[j] = unit[j];
      price[servers + j] = state.price(j);
    }
  }

  /**
   * The bound in ms.
   *
   * @param association a good one, for first prices and step lengths
   * @param steps O(M E) each
   */
  public static double of(SlotProblem problem, int[] association, int steps) {
    return prices(problem, association, steps).boundMs();
  }

  /**
   * The bound and the prices that prove it.
   *
   * @param boundMs the bound
   * @param compute μ of every server, in ms
   * @param band ν of every server, in ms
   * @param session η of every server, in ms
   */
  record Prices(double boundMs, double[] compute, double[] band, double[] session) {}

  static Prices prices(SlotProblem problem, int[] association, int steps) {
    return new DualBound(problem, association).climb(steps);
  }

  private Prices climb(int steps) {
    double best = value();
    double[] bestPrice = price.clone();
    double[] bestSlope = slope.clone();
    double relaxation = 1;
    int idle = 0;
    for (int k = 1; k < steps && relaxation > 1e-3; k++) {
      double norm = 1e-300;
      for (int p = 0; p < price.length; p++) {
        norm += slope[p] * slope[p] * unit[p] * unit[p];
      }
      double length = relaxation * Math.max(0, target - best) / norm;
      for (int p = 0; p < price.length; p++) {
        price[p] = Math.max(0, price[p] + length * slope[p] * unit[p] * unit[p]);
      }
      double value = value();
      if (value > best) {
        best = value;
        System.arraycopy(price, 0, bestPrice, 0, price.length);
        System.arraycopy(slope, 0, bestSlope, 0, slope.length);
        idle = 0;
      } else if (++idle == PATIENCE) {
        relaxation /= 2;
        idle = 0;
        System.arraycopy(bestPrice, 0, price, 0, price.length);
        System.arraycopy(bestSlope, 0, slope, 0, slope.length);
      }
    }
    return new Prices(
        best,
        Arrays.copyOfRange(bestPrice, 0, servers),
        Arrays.copyOfRange(bestPrice, servers, 2 * servers),
        Arrays.copyOfRange(bestPrice, 2 * servers, 3 * servers));
  }

  /** L at the present prices; leaves a subgradient behind. */
  private double value() {
    double value = Arrays.stream(problem.users().deviceMs()).sum();
    for (int j = 0; j < servers; j++) {
      int capacity = problem.servers().sessionCapacity()[j];
      slope[j] = -1;
      slope[servers + j] = -1;
      slope[2 * servers + j] = -capacity;
      value -= price[j] + price[servers + j] + price[2 * servers + j] * capacity;
    }
    for (int i = 0; i < problem.userCount(); i++) {
      value += cheapest(i);
    }
    return value;
  }

  private double cheapest(int user) {
    double[] speed = problem.servers().gflopPerMs();
    double[] wait = problem.servers().waitMs();
    double root = problem.rootGflop(user);
    double least = Double.POSITIVE_INFINITY;
    int at = 0;
    for (int j = 0; j < servers; j++) {
      double base = wait[j] + 2 * root * Math.sqrt(price[j] / speed[j]) + price[2 * servers + j];
      // The uplink part is not negative: a server that is too dear without it is skipped.
      if (base >= least) {
        continue;
      }
      double cost = base + solver.marginal(user, j, price[servers + j]);
      if (cost < least) {
        least = cost;
        at = j;
      }
    }
    slope[at] += root / Math.sqrt(speed[at] * Math.max(price[at], 1e-12));
    slope[servers + at] += solver.demand(user, at, price[servers + at]);
    slope[2 * servers + at] += 1;
    return least;
  }
}
