package dev.paceline.target.engine;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;

/**
 * Where a session's answers go. Called on the engine thread, so an implementation hands on and
 * returns at once.
 */
public interface SessionOutput {
  void opened(OpenedFrame frame);

  void verdict(VerdictFrame frame);

  /** The last call of a session that ended by itself or by a cancel. */
  void finished(FinishedFrame frame);

  /**
   * The last call of a session that the engine could not carry on; the client may resume elsewhere.
   */
  void failed(String sentence);
}
