package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;

/**
 * What a {@link TargetSession} asks of its surroundings. Called while the session handles an event;
 * an implementation must not call the session back from here, but queue what follows.
 */
public interface TargetActions {
  /**
   * The session wants a step: put it into the run queue (once), or change its kind there. The
   * engine answers with {@link TargetSession#takeWork} when the session has its turn.
   */
  void workReady(WorkKind kind);

  /** Withdraws an earlier {@link #workReady}; {@code takeWork} would return null. */
  void workWithdrawn();

  /** Asks for {@link TargetSession#tick} at that time; a newer request replaces an older one. */
  void wakeAt(long nanos);

  void sendOpened(OpenedFrame frame);

  void sendVerdict(VerdictFrame frame);

  void sendFinished(FinishedFrame frame);

  /**
   * The session is over and no step of it runs: its cache slot may be kept as a prefix cache. The
   * last call of a session.
   *
   * @param tokens the known tokens
   * @param computed how many of them the cache holds keys and values of
   */
  void release(int[] tokens, int computed);

  /** A change of state, for logs and gauges. */
  default void transition(TargetState from, TargetState to, String reason) {}
}
