package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;

/**
 * The exact minimiser of P1 given the association.
 *
 * <p>Compute: min Σ f_i / (z_i F) s.t. Σ z_i ≤ 1 has z_i = √f_i / Σ √f_k and the cost (Σ √f)² / F.
 * Uplink: {@link UplinkSolver}.
 */
public final class ConvexShares implements ShareRule {
  @Override
  public String word() {
    return "convex";
  }

  @Override
  public void share(
      SlotProblem problem,
      int server,
      int[] members,
      int count,
      double[] uplinkShare,
      double[] computeShare) {
    if (count == 0) {
      return;
    }
    double roots = 0;
    for (int a = 0; a < count; a++) {
      roots += problem.rootGflop(members[a]);
    }
    for (int a = 0; a < count; a++) {
      computeShare[members[a]] = problem.rootGflop(members[a]) / roots;
    }
    new UplinkSolver(problem).share(server, members, count, uplinkShare);
  }
}
