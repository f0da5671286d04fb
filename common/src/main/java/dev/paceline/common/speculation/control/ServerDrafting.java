package dev.paceline.common.speculation.control;

import dev.paceline.common.speculation.VerdictFrame;

/**
 * What a client knows of a server that drafts itself: what such a draft costs, which the server
 * says, and how often it is right, which verdicts show; until there were some, as often as this
 * client's own.
 *
 * <p>With cost c, acceptance α and a turn of s a token takes min over n of (s + n c) / (1 + α + … +
 * α^n), which is how the server chooses n.
 */
final class ServerDrafting {
  private static final int DEEPEST = 16;

  /** Imagined outcomes at the rate of the client's own drafts. */
  private static final double WEIGHT = 6;

  private static final double FORGET = 0.995;

  private double cost;
  private double right;
  private double judged;

  /** Another server, perhaps: nothing is known of its cost. */
  void forget() {
    cost = 0;
  }

  void verdict(VerdictFrame frame) {
    if (frame.ownDraftNanos() > 0) {
      cost = frame.ownDraftNanos();
    }
    int outcomes = Math.min(frame.serverDrafted(), frame.serverAccepted() + 1);
    for (int i = 0; i < outcomes; i++) {
      right = FORGET * right + (i < frame.serverAccepted() ? 1 : 0);
      judged = FORGET * judged + 1;
    }
  }

  /** Whether the server drafts if it is left to it. */
  boolean offered() {
    return cost > 0;
  }

  /** How often its drafts are right, if those of the client are so often. */
  double acceptance(double clients) {
    return (right + WEIGHT * clients) / (judged + WEIGHT);
  }

  /**
   * Nanoseconds per output token if the client drafts nothing.
   *
   * @param turnNanos of a step without drafts
   * @param acceptance of the client's drafts
   */
  double nanosPerToken(double turnNanos, double acceptance) {
    double alpha = acceptance(acceptance);
    double best = turnNanos;
    double reached = 1;
    double tokens = 1;
    for (int n = 1; n <= DEEPEST; n++) {
      reached *= alpha;
      tokens += reached;
      best = Math.min(best, (turnNanos + n * cost) / tokens);
    }
    return best;
  }
}
