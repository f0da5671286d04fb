package dev.paceline.common.wire;

import dev.paceline.common.UserError;

/**
 * The wire protocol's version and the limits that hold before anything about the session is known.
 */
public final class Protocol {
  /** The only version there is. */
  public static final int VERSION = 1;

  /** Bytes of one frame; a prompt of 100,000 ids fits. */
  public static final int MAX_FRAME_BYTES = 1 << 20;

  /** Epochs count contradictions; half of the range stays for the server to count on. */
  static final int MAX_EPOCH = 1 << 30;

  /** Tokens of one draft frame. */
  static final int MAX_DRAFT_IDS = 1024;

  /** Tokens of the distribution that one draft came from. */
  static final int MAX_DISTRIBUTION_IDS = 256;

  static final int MAX_STOP_IDS = 64;
  static final int MAX_SESSION_ID = 64;
  static final int MAX_MODEL_ID = 256;
  static final int FINGERPRINT_BYTES = 32;

  private Protocol() {}

  static UserError refuse(String sentence) {
    return new UserError(sentence);
  }
}
