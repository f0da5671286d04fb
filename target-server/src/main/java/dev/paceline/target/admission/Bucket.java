package dev.paceline.target.admission;

/**
 * Token bucket for events, in its virtual-scheduling form: one number, no drift. Not thread-safe.
 */
final class Bucket {
  private final double nanosPerEvent;
  private final double burstNanos;

  /** When the bucket will be full again; the past means full. */
  private double fullAt;

  private final long originNanos;

  Bucket(double eventsPerSecond, int burst, long nowNanos) {
    this.nanosPerEvent = 1e9 / eventsPerSecond;
    this.burstNanos = nanosPerEvent * burst;
    this.originNanos = nowNanos;
  }

  /**
   * Takes one event.
   *
   * @return 0 if it is within the rate, otherwise the nanoseconds after which it would be
   */
  long take(long nowNanos) {
    // Relative to the origin: a monotonic clock may be negative or wrap.
    double now = nowNanos - originNanos;
    double next = Math.max(now, fullAt) + nanosPerEvent;
    double excess = next - now - burstNanos;
    // Half a nanosecond forgives rounding.
    if (excess > 0.5) {
      return (long) Math.ceil(excess);
    }
    fullAt = next;
    return 0;
  }
}
