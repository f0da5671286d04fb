package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;

/**
 * Noise over the band used: the upload time falls strictly with the share, so the minimum over u is
 * found over ln y by golden sections.
 */
final class ScaledTerm implements UplinkTerm {
  private static final double LEAST_SHARE = 1e-9;
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int STEPS = 80;

  private final SlotProblem problem;

  ScaledTerm(SlotProblem problem) {
    this.problem = problem;
  }

  @Override
  public double uplinkMs(int user, int server, double price) {
    double low = Math.log(LEAST_SHARE);
    double high = 0;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double costLeft = cost(user, server, price, left);
    double costRight = cost(user, server, price, right);
    for (int k = 0; k < STEPS; k++) {
      if (costLeft <= costRight) {
        high = right;
        right = left;
        costRight = costLeft;
        left = high - GOLDEN * (high - low);
        costLeft = cost(user, server, price, left);
      } else {
        low = left;
        left = right;
        costLeft = costRight;
        right = low + GOLDEN * (high - low);
        costRight = cost(user, server, price, right);
      }
    }
    return problem.uplinkMs(user, server, Math.exp((low + high) / 2));
  }

  private double cost(int user, int server, double price, double logShare) {
    double share = Math.exp(logShare);
    return problem.uplinkCost(user, server, share) + price * share;
  }

  @Override
  public double share(int user, int server, double uplinkMs) {
    double low = Math.log(LEAST_SHARE);
    double high = 0;
    for (int k = 0; k < STEPS; k++) {
      double middle = (low + high) / 2;
      if (problem.uplinkMs(user, server, Math.exp(middle)) > uplinkMs) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return Math.exp((low + high) / 2);
  }

  @Override
  public double slope(int user, int server, double price, double uplinkMs) {
    return Double.NaN;
  }
}
