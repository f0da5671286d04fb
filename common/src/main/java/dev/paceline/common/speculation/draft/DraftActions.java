package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;

/**
 * What a {@link DraftSession} asks of its surroundings. Called while the session handles an event;
 * an implementation must not call the session back from here, but queue what follows.
 */
public interface DraftActions {
  /**
   * Open a connection after a delay, to whichever server is best, and report {@code
   * connectionReady} or {@code connectionLost}. An older connection is closed at once and none of
   * its frames is handed on any more.
   */
  void connect(long delayNanos);

  /** The server says nothing any more: the connection may be half open. A new one is asked next. */
  default void silent() {}

  /**
   * Sends the request.
   *
   * @return the bytes that the frame takes on the wire, which a shaped uplink is charged; not
   *     negative
   */
  int sendOpen(OpenFrame frame);

  /**
   * Sends drafts.
   *
   * @return the bytes that the frame takes on the wire
   */
  int sendDraft(DraftFrame frame);

  void sendCancel();

  /** At most one request is outstanding; answered by {@link DraftSession#drafted}. */
  void draftNext(DraftRequest request);

  /** Output tokens, each exactly once and in order. */
  void emit(OutputRun run);

  /** Asks for {@link DraftSession#tick} at that time; a newer request replaces an older one. */
  void wakeAt(long nanos);

  /** The session is over: close the connection. The last call of a session. */
  void done(DraftOutcome outcome);

  /** A change of state, for logs and gauges. */
  default void transition(DraftState from, DraftState to, String reason) {}
}
