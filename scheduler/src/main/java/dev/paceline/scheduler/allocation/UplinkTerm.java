package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;

/**
 * One user's uplink cost at a price ν of the band: min over y of λ (u − D)² + e u + (b + ν) y.
 *
 * <p>Every implementation works in the upload time u, in which the problem is convex (in y the
 * penalty is convex only for y ≤ 1.5 q / D).
 */
interface UplinkTerm {
  /** The upload time in ms at which the minimum is attained. */
  double uplinkMs(int user, int server, double price);

  /** The share y with which the upload takes {@code uplinkMs}. */
  double share(int user, int server, double uplinkMs);

  /** dy/dν at the minimum, at most 0; NaN if not known. */
  double slope(int user, int server, double price, double uplinkMs);

  /** The term that fits the problem's noise model. */
  static UplinkTerm of(SlotProblem problem) {
    return switch (problem.objective().noise()) {
      case FIXED_BAND -> new FixedBandTerm(problem);
      case SCALED -> new ScaledTerm(problem);
    };
  }
}
