package dev.paceline.scheduler.association;

import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The set of users that a server serves at the least cost if every user pays a price: min over S,
 * |S| ≤ C, of c(S) − Σ_S π, c(S) = (Σ_S √f)²/F + |S| · wait + V(S).
 *
 * <p>Sets are enumerated depth first, pruned by two bounds. By weak duality, for prices μ of
 * compute, ν of the band and η of a session, c(S) − Σ_S π ≥ −μ − ν − ηC + Σ_S ρ with ρ = wait +
 * 2√(fμ/F) + g(ν) + η − π, so that every decision against the sign of ρ costs |ρ|. And c is
 * supermodular: Σ_S √f and the band's price grow with S, so what a user costs beside S it costs at
 * least beside every larger set.
 */
final class ServerPricing {
  /** Improvements of a set's value below this are not looked for, in ms. */
  private static final double TOLERANCE_MS = 1e-3;

  /** Evaluations in the search for good μ and ν, in each call. */
  private static final int TUNING = 8;

  private final SlotProblem problem;
  private final UplinkSolver solver;
  private final int at;
  private final int mostNodes;
  private final Tuning tuning;

  private double[] pay = {};
  private int[] best = {};
  private double bestValue;
  private int[] core = {};
  private final int[] chosen;
  private int nodes;
  private double open;

  /**
   * @param mostNodes sets looked at in one call; what is left open then is bounded by duality alone
   */
  ServerPricing(
      SlotProblem problem, UplinkSolver solver, int server, DualBound.Prices start, int mostNodes) {
    this.problem = problem;
    this.solver = solver;
    this.at = server;
    this.mostNodes = mostNodes;
    this.tuning = new Tuning(start.compute()[server], start.band()[server]);
    this.chosen = new int[problem.userCount()];
  }

  /** The best set found by the last call of {@link #bound}. */
  int[] best() {
    return best;
  }

  /**
   * A lower bound of the least c(S) − Σ_S π, within {@link #TOLERANCE_MS} of it unless the
   * enumeration was cut off.
   *
   * @param price π of every user, in ms
   */
  double bound(double[] price) {
    pay = price;
    int[] before = best;
    best = new int[0];
    bestValue = 0;
    offer(before, before.length);
    improve();
    double root = tuning.climb();
    double gap = bestValue - root;
    if (gap <= TOLERANCE_MS) {
      return root;
    }
    int forced = 0;
    for (int i = 0; i < pay.length; i++) {
      if (tuning.reduced[i] <= -gap) {
        chosen[forced++] = i;
      }
    }
    core =
        IntStream.range(0, pay.length)
            .filter(i -> Math.abs(tuning.reduced[i]) < gap)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs(tuning.reduced[i])))
            .mapToInt(Integer::intValue)
            .toArray();
    nodes = 0;
    open = Double.POSITIVE_INFINITY;
    include(0, forced, root);
    return Math.max(root, Math.min(bestValue - TOLERANCE_MS, open));
  }

  /** Goes on with a set that is new: the first {@code count} of chosen. */
  private void include(int depth, int count, double dual) {
    if (count > capacity()) {
      return;
    }
    double value = offer(chosen, count);
    branch(depth, count, dual, value, roots(chosen, count), solver.price());
  }

  /**
   * Decides the core's users from {@code depth} on.
   *
   * @param dual bound by duality for the decisions made
   * @param value of the set chosen so far
   */
  private void branch(
      int depth, int count, double dual, double value, double roots, double bandPrice) {
    if (dual >= bestValue - TOLERANCE_MS || depth == core.length || count == capacity()) {
      return;
    }
    if (++nodes > mostNodes) {
      open = Math.min(open, dual);
      return;
    }
    double least = value;
    for (int a = depth; a < core.length && least >= bestValue - TOLERANCE_MS; a++) {
      least += Math.min(0, change(core[a], roots, bandPrice));
    }
    if (least >= bestValue - TOLERANCE_MS) {
      return;
    }
    int user = core[depth];
    double rho = tuning.reduced[user];
    boolean mayPay = change(user, roots, bandPrice) < 0;
    if (rho > 0) {
      branch(depth + 1, count, dual, value, roots, bandPrice);
    }
    if (mayPay) {
      chosen[count] = user;
      include(depth + 1, count + 1, dual + Math.max(0, rho));
    }
    if (rho <= 0) {
      branch(depth + 1, count, dual - rho, value, roots, bandPrice);
    }
  }

  /** The value of a set, remembered if it is the best; the solver holds its price afterwards. */
  private double offer(int[] set, int count) {
    double value = value(set, count);
    if (value < bestValue && count <= capacity()) {
      bestValue = value;
      best = Arrays.copyOf(set, count);
    }
    return value;
  }

  private double value(int[] set, int count) {
    double roots = roots(set, count);
    double value =
        roots * roots / gflopPerMs()
            + count * waitMs()
            + solver.cost(at, set, count, solver.price());
    for (int a = 0; a < count; a++) {
      value -= pay[set[a]];
    }
    return value;
  }

  private double roots(int[] set, int count) {
    double roots = 0;
    for (int a = 0; a < count; a++) {
      roots += problem.rootGflop(set[a]);
    }
    return roots;
  }

  /** Lower bound on what adding a user changes, at a set's Σ √f and band price. */
  private double change(int user, double roots, double bandPrice) {
    double root = problem.rootGflop(user);
    return (2 * roots + root) * root / gflopPerMs()
        + waitMs()
        + solver.marginal(user, at, bandPrice)
        - pay[user];
  }

  /** Drops and adds single users while that pays. */
  private void improve() {
    boolean better = true;
    while (better) {
      better = false;
      for (int i = 0; i < pay.length; i++) {
        int user = i;
        int[] rest = Arrays.stream(best).filter(k -> k != user).toArray();
        double before = bestValue;
        if (rest.length < best.length) {
          offer(rest, rest.length);
        } else if (best.length < capacity()) {
          value(best, best.length);
          if (change(user, roots(best, best.length), solver.price()) < 0) {
            int[] more = Arrays.copyOf(best, best.length + 1);
            more[best.length] = user;
            offer(more, more.length);
          }
        }
        better |= bestValue < before - TOLERANCE_MS;
      }
    }
  }

  private double gflopPerMs() {
    return problem.servers().gflopPerMs()[at];
  }

  private double waitMs() {
    return problem.servers().waitMs()[at];
  }

  private int capacity() {
    return problem.servers().sessionCapacity()[at];
  }

  /** Looks for the μ and ν of the best bound by duality, from call to call. */
  private final class Tuning {
    private static final double LEAST_PRICE_MS = 1e-3;

    private double compute;
    private double band;
    private double step = 0.3;
    private double value;

    /** ρ of every user at the best prices. */
    private double[] reduced = {};

    Tuning(double compute, double band) {
      this.compute = Math.max(compute, LEAST_PRICE_MS);
      this.band = Math.max(band, LEAST_PRICE_MS);
    }

    double climb() {
      value = Double.NEGATIVE_INFINITY;
      attempt(compute, band);
      if (best.length > 0) {
        value(best, best.length);
        double roots = roots(best, best.length);
        attempt(roots * roots / gflopPerMs(), solver.price());
      }
      for (int k = 0; k < TUNING; k += 4) {
        boolean better = attempt(compute * Math.exp(step), band);
        better = better || attempt(compute * Math.exp(-step), band);
        boolean other = attempt(compute, band * Math.exp(step));
        other = other || attempt(compute, band * Math.exp(-step));
        step = better || other ? Math.min(0.5, 1.2 * step) : Math.max(0.003, step / 2);
      }
      return value;
    }

    private boolean attempt(double computePrice, double bandPrice) {
      double mu = Math.max(computePrice, LEAST_PRICE_MS);
      double nu = Math.max(bandPrice, LEAST_PRICE_MS);
      double[] rho = new double[pay.length];
      double root = 2 * Math.sqrt(mu / gflopPerMs());
      for (int i = 0; i < rho.length; i++) {
        rho[i] = waitMs() + root * problem.rootGflop(i) + solver.marginal(i, at, nu) - pay[i];
      }
      double session = 0;
      if (Arrays.stream(rho).filter(r -> r < 0).count() > capacity()) {
        double[] sorted = rho.clone();
        Arrays.sort(sorted);
        session = -sorted[capacity()];
      }
      double sum = -mu - nu - session * capacity();
      for (int i = 0; i < rho.length; i++) {
        rho[i] += session;
        sum += Math.min(0, rho[i]);
      }
      if (sum <= value) {
        return false;
      }
      value = sum;
      compute = mu;
      band = nu;
      reduced = rho;
      return true;
    }
  }
}
