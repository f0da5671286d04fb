package dev.paceline.common.speculation.target;

/**
 * A running estimate of the chance α that a draft token is right when all before it are. Each
 * judged token up to and including the first wrong one is one observation.
 */
final class Acceptance {
  private static final double GAIN = 0.1;

  private double alpha = 0.8;

  /** A run of {@code judged} drafts, the first {@code accepted} of them right. */
  void judged(int judged, int accepted) {
    for (int i = 0; i < accepted; i++) {
      alpha += GAIN * (1 - alpha);
    }
    if (accepted < judged) {
      alpha -= GAIN * alpha;
    }
  }

  /** The estimate, in [0, 1]. */
  double chance() {
    return alpha;
  }
}
