package dev.paceline.common.speculation.control;

/**
 * The chance that a draft token is right when all before it are, learnt from those that were judged
 * after right ones only.
 *
 * <p>Three views of the same outcomes are kept: the overall rate α; the rate by the draft model's
 * own probability of its token, in bins, because a model's confidence is informative but not
 * calibrated; and the rate by depth, how many unverified drafts the token was made behind. Each bin
 * begins with a few imagined outcomes at the overall rate and forgets slowly, so that a bin that
 * was never seen says α. The views are combined as odds, o(bin) · o(depth) / o(α): each corrects α
 * as if the other did not exist, which is exact when they are independent given the outcome.
 */
public final class AcceptanceModel {
  /** Upper ends of the confidence bins; in probability. */
  private static final double[] EDGES = {0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.92, 1.01};

  private static final int DEPTHS = 16;

  /** Imagined outcomes of a bin, at the overall rate. */
  private static final double WEIGHT = 6;

  private static final double FORGET = 0.995;
  private static final double PRIOR = 0.75;
  private static final double PRIOR_WEIGHT = 8;

  /** How much of what is believed is given up per output token while nothing is judged. */
  private static final double DRIFT = 0.002;

  private final double[] right = new double[EDGES.length];
  private final double[] judged = new double[EDGES.length];
  private final double[] rightAt = new double[DEPTHS];
  private final double[] judgedAt = new double[DEPTHS];
  private double allRight = PRIOR * PRIOR_WEIGHT;
  private double all = PRIOR_WEIGHT;

  /**
   * A draft was judged, and all before it were right.
   *
   * @param logProbability natural log of the draft model's probability of its token
   * @param depth unverified drafts before it when it was made
   */
  public void judged(double logProbability, int depth, boolean isRight) {
    int bin = bin(logProbability);
    int at = Math.min(depth, DEPTHS - 1);
    double one = isRight ? 1 : 0;
    right[bin] = FORGET * right[bin] + one;
    judged[bin] = FORGET * judged[bin] + 1;
    rightAt[at] = FORGET * rightAt[at] + one;
    judgedAt[at] = FORGET * judgedAt[at] + 1;
    allRight = FORGET * allRight + one;
    all = FORGET * all + 1;
  }

  /** Output came without a draft being judged: what was learnt gets old. */
  public void unjudged(int tokens) {
    double keep = Math.pow(1 - DRIFT, tokens);
    allRight = PRIOR * PRIOR_WEIGHT + keep * (allRight - PRIOR * PRIOR_WEIGHT);
    all = PRIOR_WEIGHT + keep * (all - PRIOR_WEIGHT);
  }

  /** α, over all drafts. */
  public double mean() {
    return allRight / all;
  }

  /** How many drafts were judged, of those that are remembered. */
  public double judged() {
    return Math.max(0, all - PRIOR_WEIGHT);
  }

  /** The chance of a draft of that confidence, made behind so many unverified ones. */
  public double chance(double logProbability, int depth) {
    double mean = mean();
    int bin = bin(logProbability);
    int at = Math.min(depth, DEPTHS - 1);
    double byConfidence = (right[bin] + WEIGHT * mean) / (judged[bin] + WEIGHT);
    double byDepth = (rightAt[at] + WEIGHT * mean) / (judgedAt[at] + WEIGHT);
    double odds = odds(byConfidence) * odds(byDepth) / odds(mean);
    return odds / (1 + odds);
  }

  private static double odds(double chance) {
    double clipped = Math.max(1e-3, Math.min(1 - 1e-3, chance));
    return clipped / (1 - clipped);
  }

  private static int bin(double logProbability) {
    double probability = Math.exp(Math.min(0, logProbability));
    int bin = 0;
    while (bin < EDGES.length - 1 && probability >= EDGES[bin]) {
      bin++;
    }
    return bin;
  }
}
