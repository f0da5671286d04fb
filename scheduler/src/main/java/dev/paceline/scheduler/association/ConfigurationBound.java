package dev.paceline.scheduler.association;

import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;

/**
 * A lower bound on P1 over all associations and shares that is tight with few users to a server,
 * where {@link DualBound} is not: there a server's resources are sold in fractions, here each
 * server serves one whole set of users.
 *
 * <p>Only the constraint that every user is served once is relaxed, by a price π_i that a user pays
 * to whoever serves it: L(π) = Σ D_i + Σ π_i + Σ_j min over S of (c_j(S) − Σ_S π), a bound for any
 * π (weak duality). Its maximum is the linear relaxation of the choice of one set (configuration)
 * for every server. The inner minimum is {@link ServerPricing}'s. L is concave and is raised by
 * subgradient steps of Polyak's length towards the objective of a known association.
 */
public final class ConfigurationBound {
  private static final int DUAL_STEPS = 300;

  /** Steps without a better bound after which the step is halved and the best prices restored. */
  private static final int PATIENCE = 12;

  /** How much of the direction before is kept, against zigzag. */
  private static final double MOMENTUM = 0.6;

  /** Work in one call of a server's pricing, in users solved. */
  private static final int PRICING_WORK = 24_000;

  private final ServerPricing[] servers;
  private final double deviceMs;
  private final double[] price;
  private final double[] slope;

  private ConfigurationBound(SlotProblem problem, DualBound.Prices start) {
    int users = problem.userCount();
    UplinkSolver solver = new UplinkSolver(problem);
    servers = new ServerPricing[problem.serverCount()];
    int nodes = PRICING_WORK / (1 + users / servers.length);
    for (int j = 0; j < servers.length; j++) {
      servers[j] = new ServerPricing(problem, solver, j, start, nodes);
    }
    deviceMs = Arrays.stream(problem.users().deviceMs()).sum();
    price = new double[users];
    slope = new double[users];
    double[] speed = problem.servers().gflopPerMs();
    double[] wait = problem.servers().waitMs();
    for (int i = 0; i < users; i++) {
      price[i] = Double.POSITIVE_INFINITY;
      for (int j = 0; j < servers.length; j++) {
        double cost =
            wait[j]
                + 2 * problem.rootGflop(i) * Math.sqrt(start.compute()[j] / speed[j])
                + solver.marginal(i, j, start.band()[j])
                + start.session()[j];
        price[i] = Math.min(price[i], cost);
      }
    }
  }

  /**
   * The bound in ms, at least that of {@link DualBound}.
   *
   * @param association a good one, for first prices and step lengths
   * @param steps each prices every server
   */
  public static double of(SlotProblem problem, int[] association, int steps) {
    DualBound.Prices start = DualBound.prices(problem, association, DUAL_STEPS);
    ConvexState state = new ConvexState(problem, Candidates.all(problem), association);
    double target = state.objective() + Arrays.stream(problem.users().deviceMs()).sum();
    return Math.max(start.boundMs(), new ConfigurationBound(problem, start).climb(steps, target));
  }

  private double climb(int steps, double target) {
    double best = value();
    double[] bestPrice = price.clone();
    double[] direction = slope.clone();
    double relaxation = 1;
    int idle = 0;
    for (int k = 1; k < steps && relaxation > 1e-2 && best < target; k++) {
      double norm = 1e-300;
      for (double d : direction) {
        norm += d * d;
      }
      double length = relaxation * (target - best) / norm;
      for (int i = 0; i < price.length; i++) {
        price[i] += length * direction[i];
      }
      double value = value();
      if (value > best) {
        best = value;
        System.arraycopy(price, 0, bestPrice, 0, price.length);
        idle = 0;
      } else if (++idle == PATIENCE) {
        relaxation /= 2;
        idle = 0;
        System.arraycopy(bestPrice, 0, price, 0, price.length);
        Arrays.fill(direction, 0);
        value();
      }
      for (int i = 0; i < price.length; i++) {
        direction[i] = slope[i] + MOMENTUM * direction[i];
      }
    }
    return best;
  }

  /** L at the present prices; leaves a subgradient behind. */
  private double value() {
    double value = deviceMs + Arrays.stream(price).sum();
    Arrays.fill(slope, 1);
    for (ServerPricing server : servers) {
      value += server.bound(price);
      for (int i : server.best()) {
        slope[i]--;
      }
    }
    return value;
  }
}
