package dev.paceline.common.speculation.draft;

/**
 * What a session knows of its contact with servers: when silence counts as a lost connection, and
 * when to give up. Not thread-safe.
 *
 * <p><b>Silence.</b> Before a stream's first token a server may have a long prompt to compute, so
 * only the stall limit of the options counts. After it tokens come at a pace: a pause of {@value
 * #GAPS} usual gaps, of 3 s at least, is silence.
 *
 * <p><b>Outage.</b> It begins with the first failure and ends with the next token: servers that
 * answer and fail again do not end it. The first connection begins with one too, which ends when it
 * is answered.
 */
final class Contact {
  static final long NEVER = Long.MAX_VALUE;

  private static final int GAPS = 20;
  private static final long LEAST_SILENCE_NANOS = 3_000_000_000L;
  private static final double GAIN = 0.2;

  private final long stallNanos;
  private final long giveUpNanos;
  private long activeAt;
  private double gapNanos;
  private long tokensAt;
  private boolean flows;
  private boolean out;
  private long outSince;

  Contact(DraftOptions options) {
    stallNanos = options.stallNanos();
    giveUpNanos = options.giveUpNanos();
  }

  /** A stream begins. */
  void begins(long now) {
    flows = false;
    activeAt = now;
  }

  /** Something was sent, or came that is no output. */
  void active(long now) {
    activeAt = now;
  }

  /** Output came. */
  void tokens(long now) {
    if (flows) {
      long gap = now - tokensAt;
      gapNanos = gapNanos == 0 ? gap : gapNanos + GAIN * (gap - gapNanos);
    }
    flows = true;
    tokensAt = now;
    activeAt = now;
    out = false;
  }

  /** A failure; of those in a row the first one counts. */
  void fails(long now) {
    if (!out) {
      out = true;
      outSince = now;
    }
  }

  /** The first connection was answered. */
  void answered() {
    out = false;
  }

  /** When silence becomes too long; {@link #NEVER} if it does not. */
  long silentAt() {
    if (stallNanos == 0) {
      return NEVER;
    }
    double limit = stallNanos;
    if (flows) {
      limit = Math.min(limit, Math.max(LEAST_SILENCE_NANOS, GAPS * gapNanos));
    }
    return activeAt + (long) limit;
  }

  /** For how long nothing was heard, in words. */
  String silence(long now) {
    return "nothing was heard for " + (now - activeAt) / 1_000_000 + " ms";
  }

  /** When to give up; {@link #NEVER} while all is well. */
  long givesUpAt() {
    return out && giveUpNanos > 0 ? outSince + giveUpNanos : NEVER;
  }

  /** How long the session had no server, in words. */
  String outage() {
    return "gave up after " + giveUpNanos / 1_000_000_000 + " s without a server";
  }
}
