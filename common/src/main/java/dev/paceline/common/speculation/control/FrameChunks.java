package dev.paceline.common.speculation.control;

/**
 * How many drafts to send in one frame. A frame costs some forty bytes whatever it carries, so on a
 * thin uplink tokens that go one by one queue behind each other's headers; waiting to fill a frame
 * costs the time of the drafts it waits for. Frames carry one draft unless they would then take
 * more than half of the link, and otherwise as few as keep them below that.
 */
public final class FrameChunks {
  /** HTTP/2 and gRPC headers, the message's fields, and a share of TCP's and IP's. */
  static final int FRAME_BYTES = 60;

  static final int TOKEN_BYTES = 2;
  private static final double SHARE = 0.5;
  private static final int MOST = 16;

  private FrameChunks() {}

  /**
   * Drafts per frame.
   *
   * @param bytesPerSecond that the uplink carries; 0 if unknown
   */
  public static int size(double bytesPerSecond, double draftNanos) {
    if (bytesPerSecond <= 0 || draftNanos <= 0) {
      return 1;
    }
    double bytesPerDraft = SHARE * bytesPerSecond * draftNanos * 1e-9;
    if (bytesPerDraft <= TOKEN_BYTES) {
      return MOST;
    }
    return (int) Math.min(MOST, Math.ceil(FRAME_BYTES / (bytesPerDraft - TOKEN_BYTES)));
  }
}
