package dev.paceline.target.engine;

import dev.paceline.common.speculation.target.TargetSession;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sessions that hold for a draft until a time of their own. Engine thread only. */
final class Sleepers {
  private final Set<EngineSession> sessions = new HashSet<>();

  /** Adds a session; its {@code wakeAt} says until when. */
  void add(EngineSession session) {
    sessions.add(session);
  }

  void remove(EngineSession session) {
    sessions.remove(session);
  }

  /** Those that still hold. */
  List<TargetSession> holding() {
    if (sessions.isEmpty()) {
      return List.of();
    }
    List<TargetSession> holding = new ArrayList<>(sessions.size());
    for (EngineSession session : sessions) {
      if (session.machine.holds()) {
        holding.add(session.machine);
      }
    }
    return holding;
  }

  /**
   * Ticks whoever's time has come.
   *
   * @return the earliest time still to come; {@link Long#MAX_VALUE} if nobody sleeps
   */
  long tick(long now) {
    if (sessions.isEmpty()) {
      return Long.MAX_VALUE;
    }
    List<EngineSession> due = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (EngineSession session : sessions) {
      if (session.wakeAt <= now) {
        due.add(session);
      } else {
        earliest = Math.min(earliest, session.wakeAt);
      }
    }
    for (EngineSession session : due) {
      sessions.remove(session);
      session.machine.tick(now);
    }
    return earliest;
  }
}
