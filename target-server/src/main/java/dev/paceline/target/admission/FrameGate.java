package dev.paceline.target.admission;

import org.jspecify.annotations.Nullable;

/**
 * Judges the frames of one session, before they cost anything.
 *
 * <p>Not thread-safe: gRPC delivers the frames of one stream one after the other.
 */
public final class FrameGate {
  private final RequestLimits limits;
  private final Bucket bucket;

  /**
   * @param nowNanos of the clock that later calls use
   */
  public FrameGate(RequestLimits limits, long nowNanos) {
    this.limits = limits;
    this.bucket = new Bucket(limits.framesPerSecond(), limits.frameBurst(), nowNanos);
  }

  /**
   * Counts one frame of any kind.
   *
   * @return why the stream should be closed, or null to go on
   */
  public @Nullable Refusal frame(long nowNanos) {
    long early = bucket.take(nowNanos);
    if (early == 0) {
      return null;
    }
    return Refusal.retry(
        Refusal.Reason.FRAME_RATE,
        Math.max(1, early / 1_000_000),
        String.format(
            "the stream sends more than %.0f frames per second (bursts of %d are fine)",
            limits.framesPerSecond(), limits.frameBurst()));
  }

  /**
   * Judges draft tokens on top of those that wait for their verdict.
   *
   * @param inFlight draft tokens received and not judged, at least 0
   * @param arriving tokens of this frame
   * @return why the stream should be closed, or null to go on
   */
  public @Nullable Refusal drafts(int inFlight, int arriving) {
    if ((long) inFlight + arriving <= limits.maxInFlight()) {
      return null;
    }
    return Refusal.retry(
        Refusal.Reason.IN_FLIGHT,
        0,
        String.format(
            "%d draft tokens on top of %d that wait exceed the window of %d",
            arriving, inFlight, limits.maxInFlight()));
  }
}
