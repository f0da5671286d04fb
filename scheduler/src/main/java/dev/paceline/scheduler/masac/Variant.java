package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.live.LiveRules;

/** How actions become shares, and where a policy is trained. */
public enum Variant {
  /**
   * The paper's: scores from nothing. Trained on single slots, discount 0: in the paper's model no
   * decision on shares has any consequence in a later slot.
   */
  PAPER(false, 8, 3, 0),
  /**
   * Ours: corrections of a good allocation, trained in the live system. In a single slot that is
   * the convex one; over time it is shortest expected rest first.
   */
  RESIDUAL(true, 1, 3, 0.95);

  private final boolean prior;
  private final double uplinkReach;
  private final double computeReach;
  private final double discount;

  Variant(boolean prior, double uplinkReach, double computeReach, double discount) {
    this.prior = prior;
    this.uplinkReach = uplinkReach;
    this.computeReach = computeReach;
    this.discount = discount;
  }

  /** Whether scores correct the convex allocation. */
  public boolean prior() {
    return prior;
  }

  /** The rule over time that is corrected, and whose shares the policy sees. */
  LiveRules livePrior() {
    return prior ? LiveRules.SHORTEST_SOFT : LiveRules.CONVEX;
  }

  /** β of the uplink: an action in [−1, 1] multiplies a share by up to e^±β before normalising. */
  public double uplinkReach() {
    return uplinkReach;
  }

  /** β of the compute shares. */
  public double computeReach() {
    return computeReach;
  }

  /** Discount of the next slot's return. */
  public double discount() {
    return discount;
  }
}
