package dev.paceline.common.speculation.target;

/**
 * What a session expects of its client's drafts: how likely they are right, when they come, how
 * many are worth judging and how many worth sending.
 */
public final class DraftOutlook {
  /** A change that the client is told of, as a part of what it was told last. */
  private static final double NEWS = 0.1;

  private final int maxWindow;
  private final Acceptance acceptance = new Acceptance();
  private final HoldRule hold = new HoldRule(acceptance);
  private final WindowAdvice advice = new WindowAdvice();
  private int most = Integer.MAX_VALUE;
  private double ownDraft;
  private double ownDraftTold;

  /**
   * @param maxWindow drafts that may be in flight; 0 if the client does not draft
   */
  DraftOutlook(int maxWindow) {
    this.maxWindow = maxWindow;
  }

  /** The chance, in [0, 1], that a draft of this session is right when those before it are. */
  public double acceptance() {
    return acceptance.chance();
  }

  /**
   * How many drafts the next steps judge at most; the others go on waiting and are compared with
   * what the target writes. No limit unless set.
   */
  public void judgeAtMost(int drafts) {
    most = drafts;
  }

  /**
   * What the load of the engine allows, for advice and for holding.
   *
   * @param drafts that a step would judge of this session if plenty waited
   * @param tokensPerRow what the time of one more row is worth
   */
  public void load(int drafts, double tokensPerRow) {
    advice.depth(drafts);
    hold.load(drafts, tokensPerRow);
  }

  /**
   * What each token adds to a step that the server drafts itself, in nanoseconds; 0 if it cannot
   * say, or drafts nothing.
   */
  public void ownDraft(double nanos) {
    ownDraft = nanos;
  }

  /** What the verdict that is sent now says of that: nothing unless it has changed. */
  long ownDraftNews() {
    if (Math.abs(ownDraft - ownDraftTold) <= NEWS * ownDraftTold) {
      return 0;
    }
    ownDraftTold = ownDraft;
    return (long) ownDraft;
  }

  /** The limit set by {@link #judgeAtMost}. */
  int most() {
    return most;
  }

  HoldRule hold() {
    return hold;
  }

  /** Drafts were compared with what the target wrote, the first {@code right} of them right. */
  void compared(int drafts, int right) {
    acceptance.judged(drafts, right);
    advice.compared(drafts, right);
  }

  /** The advice of the verdict that is sent now. */
  int windowAdvice() {
    return advice.next(acceptance.chance(), hold.turnaroundSteps(), maxWindow);
  }

  /** Nanoseconds within which the draft that the session holds for may well have come. */
  double holdNanos(TargetState.Holding holding, long now) {
    Arrivals arrivals = hold.arrivals();
    double expected = Math.max(0, arrivals.waitNanos(now)) + arrivals.slackNanos() / 2;
    return Math.max(0, Math.min(expected, holding.until - now));
  }
}
