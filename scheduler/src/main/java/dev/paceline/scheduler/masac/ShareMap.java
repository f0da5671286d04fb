package dev.paceline.scheduler.masac;

/** Turns actions in [−1, 1] into feasible shares. */
final class ShareMap {
  private static final double LEAST_SHARE = 1e-6;

  private ShareMap() {}

  /**
   * Scales a softmax over ln(prior) + β · action to the sum of the prior, over active users.
   *
   * @param members users
   * @param active which of them compete
   * @param action column {@code column} is used
   * @param usePrior whether the prior counts, or only the actions
   * @param slack without a prior, weight of what is left unused
   * @param prior the convex shares; overwritten with the result
   */
  static void apply(
      int[] members,
      float[][] active,
      float[][] action,
      int column,
      double reach,
      boolean usePrior,
      double slack,
      double[] prior) {
    double sum = 0;
    double weights = 0;
    double[] weight = new double[members.length];
    for (int a = 0; a < members.length; a++) {
      if (active[a][column] > 0) {
        double start = usePrior ? Math.max(prior[members[a]], LEAST_SHARE) : 1;
        weight[a] = start * Math.exp(reach * action[a][column]);
        weights += weight[a];
        sum += prior[members[a]];
      }
    }
    double total = usePrior ? Math.min(1, sum) : weights / (weights + slack);
    for (int a = 0; a < members.length; a++) {
      if (active[a][column] > 0) {
        prior[members[a]] = total * weight[a] / weights;
      }
    }
  }
}
