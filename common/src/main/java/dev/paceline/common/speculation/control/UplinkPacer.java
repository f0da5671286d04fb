package dev.paceline.common.speculation.control;

/**
 * When the next frame of drafts should go. A frame costs some forty bytes whatever it carries, so
 * on a thin uplink drafts that go one by one queue behind each other's headers. A frame is
 * therefore kept back while the link is by its rate still busy with the ones before, and then
 * carries what has gathered: one draft on a link that is fast enough, more the thinner it is, and
 * never later than the link could have taken it.
 */
final class UplinkPacer {
  /** HTTP/2 and gRPC headers, the message's fields, and a share of TCP's and IP's. */
  private static final int FRAME_BYTES = 40;

  private static final int TOKEN_BYTES = 2;

  /** More drafts in one frame save little. */
  private static final int MOST = 16;

  private long freeAt = Long.MIN_VALUE;

  /** What a frame weighs. */
  static int bytes(int drafts) {
    return FRAME_BYTES + drafts * TOKEN_BYTES;
  }

  /**
   * A frame leaves.
   *
   * @param bytes on the wire
   * @param bytesPerSecond that the link carries; 0 if unknown
   */
  void sent(int bytes, double bytesPerSecond, long now) {
    if (bytesPerSecond > 0) {
      freeAt = Math.max(freeAt, now) + (long) (bytes / bytesPerSecond * 1e9);
    }
  }

  /** Whether a frame with so many drafts should go now. */
  boolean open(int drafts, long now) {
    return now >= freeAt || drafts >= MOST;
  }
}
