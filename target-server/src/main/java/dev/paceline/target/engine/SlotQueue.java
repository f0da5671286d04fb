package dev.paceline.target.engine;

import dev.paceline.target.slots.SlotLease;
import dev.paceline.target.slots.SlotTable;
import java.util.ArrayDeque;
import java.util.Optional;

/**
 * Gives cache slots to sessions in the order in which they came. Engine thread only, but for the
 * two counts.
 */
final class SlotQueue {
  private final SlotTable<EngineSession> slots;
  private final int most;
  private final ArrayDeque<EngineSession> queue = new ArrayDeque<>();
  private volatile int running;
  private volatile int waiting;

  /**
   * @param most sessions that run at once
   */
  SlotQueue(SlotTable<EngineSession> slots, int most) {
    this.slots = slots;
    this.most = most;
  }

  /** Sessions that hold a slot; from any thread. */
  int running() {
    return running;
  }

  /** Sessions that wait for one; from any thread. */
  int waiting() {
    return waiting;
  }

  void add(EngineSession session) {
    queue.add(session);
  }

  /** Gives out what is free and starts whoever gets a slot. */
  void assign(long now) {
    while (!queue.isEmpty() && running < most) {
      EngineSession session = queue.getFirst();
      Optional<SlotLease> lease = slots.acquire(session, session.knownTokens());
      if (lease.isEmpty()) {
        break;
      }
      queue.removeFirst();
      running++;
      session.slot = lease.get().slot();
      session.cached = lease.get().cachedPositions();
      session.machine.start(session.cached, now);
    }
    waiting = queue.size();
  }

  /**
   * A session is over.
   *
   * @param tokens what it knows
   * @param computed how many of them its slot holds keys and values of
   * @return whether it held a slot, which is free now
   */
  boolean release(EngineSession session, int[] tokens, int computed) {
    queue.remove(session);
    waiting = queue.size();
    if (session.slot < 0) {
      return false;
    }
    session.slot = -1;
    running--;
    slots.commit(session, 0, tokens, computed);
    slots.release(session);
    return true;
  }

  /** Forgets what a session's slot holds. */
  void truncate(EngineSession session) {
    slots.truncate(session, 0);
  }
}
