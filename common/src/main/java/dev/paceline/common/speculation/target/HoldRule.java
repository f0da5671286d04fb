package dev.paceline.common.speculation.target;

/**
 * Decides whether a session that could decode alone waits for a draft instead.
 *
 * <p>A draft that arrives saves the step that its acceptance makes superfluous, so waiting w for it
 * pays when α·s > w, with α the chance that it is accepted and s the step time. All three are
 * running estimates of this session: w from when drafts came after the verdict that opened an epoch
 * (turnaround) and from the distance between drafts of one epoch (interval).
 *
 * <p><b>Bound.</b> The time a session has spent holding never exceeds what accepted drafts have
 * saved it (accepted · s) plus one step. A session whose client does not draft, drafts too late or
 * drafts badly is therefore at most one step later than one that never holds. After a hold in vain
 * there is none before a draft was of use again.
 */
final class HoldRule {
  private static final double GAIN = 0.2;
  private static final double DEVIATIONS = 2;

  private final Acceptance acceptance;
  private double stepNanos;
  private final Estimate turnaround = new Estimate();
  private final Estimate interval = new Estimate();
  private long epochOpened;
  private boolean chainOpen = true;
  private boolean trusted = true;
  private long lastUseful = Long.MIN_VALUE;
  private double savedNanos;
  private double heldNanos;

  HoldRule(Acceptance acceptance) {
    this.acceptance = acceptance;
  }

  /** The first moment at which a draft can be expected: the session was opened. */
  void opened(long now) {
    epochOpened = now;
  }

  /** A step ended and {@code accepted} drafts were right. */
  void stepped(long nanos, int accepted) {
    stepNanos = stepNanos == 0 ? nanos : stepNanos + GAIN * (nanos - stepNanos);
    savedNanos += accepted * stepNanos;
  }

  /** A verdict that opened a new epoch was sent. */
  void epochOpened(long now) {
    epochOpened = now;
    chainOpen = true;
  }

  /** A draft arrived for a position that was not known yet. */
  void usefulDraft(long now) {
    if (chainOpen) {
      turnaround.add(now - epochOpened);
    } else if (lastUseful != Long.MIN_VALUE) {
      interval.add(now - lastUseful);
    }
    chainOpen = false;
    trusted = true;
    lastUseful = now;
  }

  /** A hold that lasted so long ended, for whatever reason. */
  void held(long nanos) {
    heldNanos += nanos;
  }

  /** No draft came while the session held. */
  void inVain() {
    trusted = false;
  }

  /**
   * Until when to hold.
   *
   * @return {@code now} when the session had better decode alone at once
   */
  long until(long now) {
    Estimate estimate = chainOpen ? turnaround : interval;
    if (!trusted || stepNanos == 0 || !estimate.known()) {
      return now;
    }
    long from = chainOpen ? epochOpened : lastUseful;
    double expected = from + estimate.mean() - now;
    double latest = expected + DEVIATIONS * estimate.deviation();
    double allowance = stepNanos + savedNanos - heldNanos;
    if (latest <= 0 || Math.max(0, expected) >= acceptance.chance() * stepNanos) {
      return now;
    }
    return now + (long) Math.min(Math.min(latest, stepNanos), allowance);
  }

  /** An exponentially weighted mean and mean deviation, as TCP estimates its round trip. */
  private static final class Estimate {
    private double mean;
    private double deviation;
    private int samples;

    void add(double nanos) {
      if (samples++ == 0) {
        mean = nanos;
        deviation = nanos / 4;
      } else {
        deviation += GAIN * (Math.abs(nanos - mean) - deviation);
        mean += GAIN * (nanos - mean);
      }
    }

    boolean known() {
      return samples > 0;
    }

    double mean() {
      return mean;
    }

    double deviation() {
      return deviation;
    }
  }
}
