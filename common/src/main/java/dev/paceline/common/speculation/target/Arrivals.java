package dev.paceline.common.speculation.target;

/**
 * When the next useful draft can be expected: after a verdict that opened an epoch one turnaround
 * later, otherwise one interval after the last. Both are running means of this session with mean
 * deviations, as TCP estimates its round trip.
 */
final class Arrivals {
  private final Estimate turnaround = new Estimate();
  private final Estimate interval = new Estimate();
  private boolean chainOpen = true;
  private long from;

  /** The session was opened, or a verdict opened a new epoch: the client starts a chain. */
  void chainOpened(long now) {
    from = now;
    chainOpen = true;
  }

  /** Drafts arrived for positions that were not known yet. */
  void useful(int tokens, long now) {
    if (chainOpen) {
      turnaround.add(now - from);
    } else {
      interval.add((double) (now - from) / tokens);
    }
    chainOpen = false;
    from = now;
  }

  /** Whether there is anything to go by. */
  boolean known() {
    return chainOpen ? turnaround.known : interval.known;
  }

  /** Expected wait for the next draft; negative when it is overdue. */
  double waitNanos(long now) {
    return from + (chainOpen ? turnaround : interval).mean - now;
  }

  /** How much later than expected drafts may well come. */
  double slackNanos() {
    return 2 * (chainOpen ? turnaround : interval).deviation;
  }

  /** Distance between drafts of one chain; the given value when that was not seen yet. */
  double intervalNanos(double unknown) {
    return interval.known ? interval.mean : unknown;
  }

  /** Mean time from a verdict that opened an epoch to its first draft; 0 while unknown. */
  double turnaroundNanos() {
    return turnaround.mean;
  }

  private static final class Estimate {
    private static final double GAIN = 0.2;

    private boolean known;
    private double mean;
    private double deviation;

    void add(double nanos) {
      if (known) {
        deviation += GAIN * (Math.abs(nanos - mean) - deviation);
        mean += GAIN * (nanos - mean);
      } else {
        mean = nanos;
        deviation = nanos / 4;
        known = true;
      }
    }
  }
}
