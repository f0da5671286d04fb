package dev.paceline.common.speculation.control;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.VerdictFrame;

/**
 * Chooses for one generation how far ahead to draft and when to send. The session tells it what
 * happens and asks it before it drafts or sends; the choices never change what the output is. Not
 * thread-safe: the session's executor calls it.
 */
public interface Pilot {
  /** Leaves everything to the session's options. */
  Pilot NONE = new Pilot() {};

  /** The request to open a stream was sent and took so many bytes on the wire. */
  default void opening(int bytes, long now) {}

  /** The server has admitted the session. */
  default void opened(long now) {}

  /** The drafter was asked for a token, to be made from so many it has not seen. */
  default void asked(int feed, long now) {}

  /**
   * The drafter has answered.
   *
   * @param becameDraft whether the token now waits for its verdict; false when it was overtaken
   * @param depth unverified drafts before it
   */
  default void drafted(
      int position, int id, float logProbability, int depth, boolean becameDraft, long now) {}

  /** A frame was sent and took so many bytes on the wire. */
  default void sent(DraftFrame frame, int bytes, long now) {}

  /** Output that the session had not seen. */
  default void verdict(VerdictFrame frame, long now) {}

  /** Drafts that may be without a verdict. */
  default int window() {
    return Integer.MAX_VALUE;
  }

  /** Whether the server is to draft while the window is 0, because it does so faster. */
  default boolean handsOver() {
    return false;
  }

  /**
   * Whether to draft behind the unverified drafts from {@code verified} to {@code end}; asked anew
   * after every verdict.
   */
  default boolean draftOn(int verified, int end, long now) {
    return true;
  }

  /**
   * Whether a frame with so many drafts should go now. Only asked while more drafts are coming,
   * which may then share the frame; the last ones go in any case.
   */
  default boolean sendNow(int drafts, long now) {
    return true;
  }

  /**
   * The session's own shaping of the uplink, at the start and when it changes.
   *
   * @param bitsPerSecond 0 for no limit
   */
  default void uplink(double bitsPerSecond) {}
}
