package dev.paceline.common.speculation.target;

/**
 * Decides whether a session without a draft waits for one instead of decoding alone. (With a draft
 * it never waits: in simulation, holding for a longer run cost more than it gained.)
 *
 * <p>Let α be the chance that a draft is right when those before it are, s the step time, t the
 * distance between drafts, w the wait for the next one, and g the session's output rate. A step
 * that judges j drafts puts out 1 + α + α² + … + α^j tokens; G(j) is that less one and less what
 * the time of j rows is worth to the engine ({@link DraftChoice}). A wait of D must earn g·D tokens
 * to be worth its time. After the step the chain of drafts lives on with chance α^(j+1), since the
 * target's own last token has to agree too, and the k drafts that came during the step wait for the
 * next one. The worth of stepping with j drafts, in tokens, is therefore
 *
 * <pre>
 *   −g·D(j) + 1 + G(j) − g·s + α^(j+1) · (1 + G(k) − g·s)
 *   D(0) = 0,        k = (s − w)/t
 *   D(j) = w + (j − 1)·t,  k = s/t − 1    for j > 0
 * </pre>
 *
 * and the session waits when some j > 0 is worth more than 0: the average-reward criterion of a
 * Markov decision process, cut off after two steps. Decoding alone is often worth more than the
 * plain comparison of α·s with w says, because drafts arrive during that step.
 *
 * <p><b>Bound.</b> The time a session has spent holding never exceeds what accepted drafts have
 * saved it (accepted · s) plus one step. A session whose client does not draft, drafts too late or
 * drafts badly is therefore at most one step later than one that never holds. After a hold in vain
 * there is none before a draft was of use again.
 */
final class HoldRule {
  private static final double GAIN = 0.2;
  private static final double FORGET = 0.9;
  private static final double WORTH_A_WAIT = 0.1;
  private static final int FURTHEST = 16;

  private final Acceptance acceptance;
  private final Arrivals arrivals = new Arrivals();
  private double stepNanos;
  private double tokens;
  private double nanos;
  private boolean stepped;
  private long lastStep;
  private boolean trusted = true;
  private double rowPrice;
  private int depth = FURTHEST;
  private double gain;
  private double savedNanos;
  private double heldNanos;

  HoldRule(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  /** When drafts come. */
  Arrivals arrivals() {
    return arrivals;
  }

  /** From a verdict that opened an epoch to its first draft, in steps; 0 while unknown. */
  double turnaroundSteps() {
    return stepNanos == 0 ? 0 : arrivals.turnaroundNanos() / stepNanos;
  }

  /**
   * What the load of the engine allows.
   *
   * @param drafts that a step would judge
   * @param tokensPerRow what the time of one more row is worth
   */
  void load(int drafts, double tokensPerRow) {
    depth = Math.min(FURTHEST, drafts);
    rowPrice = tokensPerRow;
  }

  /** By how many tokens a step with the drafts beats one without, if they cost no time. */
  double gain() {
    return gain;
  }

  /** Drafts of use arrived. */
  void useful(int drafts, long now) {
    arrivals.useful(drafts, now);
    trusted = true;
  }

  /**
   * A step ended: it took so long, put out {@code output} tokens, {@code accepted} of them drafts.
   */
  void stepped(long step, int output, int accepted, long now) {
    stepNanos = stepNanos == 0 ? step : stepNanos + GAIN * (step - stepNanos);
    savedNanos += accepted * stepNanos;
    if (stepped) {
      tokens = FORGET * tokens + output;
      nanos = FORGET * nanos + (now - lastStep);
    }
    stepped = true;
    lastStep = now;
  }

  /** A hold that lasted so long ended, for whatever reason. */
  void held(long duration) {
    heldNanos += duration;
  }

  /** The draft that the session held for did not come. */
  void inVain() {
    trusted = false;
  }

  /**
   * Until when to hold.
   *
   * @return {@code now} when the session had better decode alone at once
   */
  long until(long now) {
    if (!trusted || nanos == 0 || !arrivals.known()) {
      return now;
    }
    double wait = arrivals.waitNanos(now);
    double slack = arrivals.slackNanos();
    double allowance = stepNanos + savedNanos - heldNanos;
    if (wait + slack <= 0 || wait >= stepNanos || allowance <= 0) {
      return now;
    }
    wait = Math.max(0, wait);
    double interval = Math.max(1, arrivals.intervalNanos(stepNanos));
    double alone = worth(0, 0, (stepNanos - wait) / interval);
    for (int j = 1; j <= depth; j++) {
      double delay = wait + (j - 1) * interval;
      double worth = worth(j, delay, stepNanos / interval - 1);
      if (worth > alone + WORTH_A_WAIT) {
        gain = worth - alone + delay * tokens / nanos;
        return now + (long) Math.min(Math.min(wait + slack, stepNanos), allowance);
      }
    }
    return now;
  }

  private double worth(int judged, double delay, double during) {
    double rate = tokens / nanos;
    double step = rate * stepNanos;
    double alive = Math.pow(acceptance.chance(), judged + 1);
    double next = 1 + accepted(Math.max(0, during)) - step;
    return 1 + accepted(judged) - step - rate * delay + alive * next;
  }

  /** G(j), the expected number of accepted drafts among j, less what their rows cost. */
  private double accepted(double arrived) {
    double alpha = acceptance.chance();
    double judged = Math.min(depth, arrived);
    return -rowPrice * judged
        + (alpha > 0.999 ? judged : alpha * (1 - Math.pow(alpha, judged)) / (1 - alpha));
  }
}
