package dev.paceline.common.link;

/**
 * Round-trip time of a link without what the two ends add: the least of the last seconds, a
 * smoothed value and its deviation (RFC 6298, α = 1/8, β = 1/4). Exact samples come from echoes.
 * Other answers give bounds: they took at least the round trip, and count only where they say more
 * than is known. Not thread-safe.
 */
public final class RttEstimator {
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private boolean exact;
  private boolean any;
  private double smoothed;
  private double deviation;

  /** Least sample of the running window and of the one before it, so none is older than two. */
  private long least = Long.MAX_VALUE;

  private long leastBefore = Long.MAX_VALUE;
  private long windowStart;

  /** An echo came back after that time. */
  public void sample(long rttNanos, long now) {
    long rtt = Math.max(0, rttNanos);
    if (exact) {
      deviation += (Math.abs(rtt - smoothed) - deviation) / 4;
      smoothed += (rtt - smoothed) / 8;
    } else {
      smoothed = rtt;
      deviation = rtt / 2.0;
    }
    exact = true;
    remember(rtt, now);
  }

  /** The round trip takes no longer than that. */
  public void bound(long nanos, long now) {
    long most = Math.max(0, nanos);
    if (!any || most < smoothed) {
      smoothed = most;
      deviation = Math.min(any ? deviation : most, most) / 2.0;
    }
    if (!exact || most < leastNanos()) {
      remember(most, now);
    }
  }

  private void remember(long rtt, long now) {
    if (!any) {
      windowStart = now;
    } else if (now - windowStart > WINDOW_NANOS) {
      leastBefore = now - windowStart > 2 * WINDOW_NANOS ? Long.MAX_VALUE : least;
      least = Long.MAX_VALUE;
      windowStart = now;
    }
    any = true;
    least = Math.min(least, rtt);
  }

  /** Another link: nothing is known of it. */
  public void reset() {
    exact = false;
    any = false;
    smoothed = 0;
    deviation = 0;
    least = Long.MAX_VALUE;
    leastBefore = Long.MAX_VALUE;
  }

  /** Whether there was a sample or a bound. */
  public boolean known() {
    return any;
  }

  /** Least of the last 10 to 20 seconds of samples, nanoseconds; 0 if nothing is known. */
  public long leastNanos() {
    return any ? Math.min(least, leastBefore) : 0;
  }

  /** Smoothed, nanoseconds; 0 if nothing is known. */
  public long smoothedNanos() {
    return (long) smoothed;
  }

  /** Smoothed plus four deviations: later than that, an answer is probably lost. */
  public long timeoutNanos() {
    return (long) (smoothed + 4 * deviation);
  }
}
