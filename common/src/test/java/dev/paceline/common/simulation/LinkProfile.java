package dev.paceline.common.simulation;

/** What a link does to frames. Immutable. */
public final class LinkProfile {
  final long delayNanos;
  final long jitterNanos;
  final double bytesPerSecond;
  final double duplicates;

  /**
   * @param delayNanos one way
   * @param jitterNanos largest extra delay; frames of one direction never overtake each other
   * @param bytesPerSecond of each direction
   * @param duplicates chance that a frame arrives a second time, later and out of order
   */
  public LinkProfile(long delayNanos, long jitterNanos, double bytesPerSecond, double duplicates) {
    this.delayNanos = delayNanos;
    this.jitterNanos = jitterNanos;
    this.bytesPerSecond = bytesPerSecond;
    this.duplicates = duplicates;
  }

  /** Delay only. */
  public static LinkProfile ofRoundTrip(long nanos) {
    return new LinkProfile(nanos / 2, 0, 1e12, 0);
  }
}
