package dev.paceline.target.engine;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;

/**
 * Where a session's answers go. Called on the engine thread, so an implementation hands on and
 * returns at once.
 */
public interface SessionOutput {
  /** The session has its cache slot. */
  void opened(OpenedFrame frame);

  void verdict(VerdictFrame frame);

  /** The last answer of a session that ended by itself or by a cancel. */
  void finished(FinishedFrame frame);

  /**
   * The last answer of a session that the engine could not carry on; the client may resume
   * elsewhere.
   */
  void failed(String sentence);

  /** The engine holds nothing of the session any more, however it ended. The last call. */
  default void released() {}
}
