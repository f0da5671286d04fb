package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;

/** Equal shares, y = z = 1/n: the baseline's rule. */
public final class UniformShares implements ShareRule {
  @Override
  public String word() {
    return "uniform";
  }

  @Override
  public void share(
      SlotProblem problem,
      int server,
      int[] members,
      int count,
      double[] uplinkShare,
      double[] computeShare) {
    for (int a = 0; a < count; a++) {
      uplinkShare[members[a]] = 1.0 / count;
      computeShare[members[a]] = 1.0 / count;
    }
  }
}
