package dev.paceline.common.speculation.draft;

/**
 * How long a session has been without a server that is of use, and whether that is too long. It
 * begins with the first failure and ends with the next token: servers that answer and fail again do
 * not end it. The first connection begins with one too, which ends when it is answered.
 */
final class Outage {
  static final long NEVER = Long.MAX_VALUE;

  private final long longestNanos;
  private boolean lasts;
  private long since;

  /**
   * @param longestNanos after which to give up; 0: never
   */
  Outage(long longestNanos) {
    this.longestNanos = longestNanos;
  }

  /** A failure; the first one counts. */
  void begins(long now) {
    if (!lasts) {
      lasts = true;
      since = now;
    }
  }

  /** A token came. */
  void ends() {
    lasts = false;
  }

  /** When to give up; {@link #NEVER} while all is well. */
  long deadline() {
    return lasts && longestNanos > 0 ? since + longestNanos : NEVER;
  }

  boolean over(long now) {
    return now >= deadline();
  }

  /** A wait, shortened so that it does not outlast the deadline. */
  long within(long waitNanos, long now) {
    return Math.max(0, Math.min(waitNanos, deadline() - now));
  }

  String sentence() {
    return "gave up after " + longestNanos / 1_000_000_000 + " s without a server";
  }
}
