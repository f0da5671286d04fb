package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;

/** Shares one server's uplink and compute among its users. */
public interface ShareRule {
  /** A word for tables, e.g. {@code convex}. */
  String word();

  /**
   * Writes the shares of the server's users; the elements of other users are left alone.
   *
   * @param members the users, in the first {@code count} elements
   * @param uplinkShare y, one element per user of the problem
   * @param computeShare z, likewise
   */
  void share(
      SlotProblem problem,
      int server,
      int[] members,
      int count,
      double[] uplinkShare,
      double[] computeShare);
}
