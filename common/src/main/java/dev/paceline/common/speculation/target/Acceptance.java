package dev.paceline.common.speculation.target;

/**
 * A running estimate of the chance α that a draft token is right when all before it are. Each
 * compared token up to and including the first wrong one is one observation.
 *
 * <p>The first observations count most, as after a prior guess that weighs as much as two of them:
 * three wrong drafts in a row leave little hope, where an old session forgives them. Later each
 * counts a tenth.
 */
final class Acceptance {
  private static final double GUESS = 0.75;
  private static final int WEIGHT = 2;
  private static final double GAIN = 0.1;

  private double alpha = GUESS;
  private int seen = WEIGHT;

  /** A run of {@code judged} drafts, the first {@code accepted} of them right. */
  void judged(int judged, int accepted) {
    for (int i = 0; i < accepted; i++) {
      alpha += gain() * (1 - alpha);
    }
    if (accepted < judged) {
      alpha -= gain() * alpha;
    }
  }

  private double gain() {
    return Math.max(GAIN, 1.0 / ++seen);
  }

  /** The estimate, in [0, 1]. */
  double chance() {
    return alpha;
  }
}
