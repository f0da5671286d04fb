package dev.paceline.target.slots;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which session holds which KV slot, and which positions of each slot are valid.
 *
 * <p>Promises: a live slot belongs to one session until that session releases it; a lease's cached
 * positions were committed with exactly those tokens and not overwritten since; contents of free
 * slots survive until a slot is needed that no better one can provide.
 *
 * <p>An acquisition takes the free slot with the longest common prefix of at least {@code
 * minimumMatch} positions; without one, an empty slot; without that, the one released longest ago.
 * It costs O(slots + compared tokens). Not thread-safe: the engine thread owns it.
 *
 * @param <S> a session; equality decides identity
 */
public final class SlotTable<S> {
  private final List<Slot<S>> slots;
  private final Map<S, Slot<S>> live = new HashMap<>();
  private final int positionsPerSlot;
  private final int minimumMatch;
  private long ticks;
  private long acquisitions;
  private long hits;
  private long queriedTokens;
  private long cachedTokens;
  private long evictions;

  /**
   * @param slots at least 1
   * @param positionsPerSlot capacity of each, at least 1
   * @param minimumMatch shortest prefix, in positions, for which a slot's longer memory is given
   *     up; at least 1. Prompts often share a first token by accident
   */
  public SlotTable(int slots, int positionsPerSlot, int minimumMatch) {
    if (slots < 1 || positionsPerSlot < 1 || minimumMatch < 1) {
      throw new IllegalArgumentException(
          String.format(
              "%d slots of %d positions with a smallest match of %d: each must be positive",
              slots, positionsPerSlot, minimumMatch));
    }
    this.positionsPerSlot = positionsPerSlot;
    this.minimumMatch = minimumMatch;
    this.slots = new ArrayList<>(slots);
    for (int i = 0; i < slots; i++) {
      this.slots.add(new Slot<>(i));
    }
  }

  /**
   * Hands a slot to a session.
   *
   * @param tokens the prompt, followed by the output so far if the session resumes; at least one
   *     and at most the slot's positions. Copied where needed
   * @return the slot, or nothing if all are live
   * @throws IllegalArgumentException if the session holds one already or the length is out of range
   */
  public Optional<SlotLease> acquire(S session, int[] tokens) {
    if (live.containsKey(session)) {
      throw new IllegalArgumentException("session " + session + " holds a slot already");
    }
    if (tokens.length < 1 || tokens.length > positionsPerSlot) {
      throw new IllegalArgumentException(
          tokens.length + " tokens are not between 1 and a slot's " + positionsPerSlot);
    }
    @Nullable Slot<S> best = null;
    int bestMatch = 0;
    @Nullable Slot<S> oldest = null;
    for (Slot<S> slot : slots) {
      if (slot.holder != null) {
        continue;
      }
      int match = slot.commonPrefix(tokens);
      if (match >= minimumMatch && (match > bestMatch || best == null)) {
        best = slot;
        bestMatch = match;
      }
      if (oldest == null || age(slot) < age(oldest)) {
        oldest = slot;
      }
    }
    Slot<S> chosen = best != null ? best : oldest;
    if (chosen == null) {
      return Optional.empty();
    }
    int cached = Math.min(chosen.commonPrefix(tokens), tokens.length - 1);
    if (best == null && chosen.length() > cached) {
      evictions++;
    }
    chosen.truncate(cached);
    chosen.holder = session;
    live.put(session, chosen);
    acquisitions++;
    hits += cached > 0 ? 1 : 0;
    queriedTokens += tokens.length;
    cachedTokens += cached;
    return Optional.of(new SlotLease(chosen.index, cached));
  }

  /**
   * States that keys and values were written: {@code count} of {@code tokens} from {@code position}
   * on. Positions from there on are replaced, so committing behind a rejected draft rolls back too.
   *
   * @throws IllegalArgumentException if that leaves a gap or overruns the slot
   */
  public void commit(S session, int position, int[] tokens, int count) {
    Slot<S> slot = slot(session);
    if (position < 0 || position > slot.length()) {
      throw new IllegalArgumentException(
          String.format(
              "position %d leaves a gap: slot %d is valid up to %d",
              position, slot.index, slot.length()));
    }
    if (count < 0 || count > tokens.length || count > positionsPerSlot - position) {
      throw new IllegalArgumentException(
          String.format(
              "%d of %d tokens at position %d overrun a slot of %d positions",
              count, tokens.length, position, positionsPerSlot));
    }
    slot.write(position, tokens, count);
  }

  /** Declares positions from {@code length} on invalid, as after a rejected draft. */
  public void truncate(S session, int length) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length + " is negative");
    }
    slot(session).truncate(length);
  }

  /**
   * Gives the slot back; its contents stay until it is needed. A session without one is ignored.
   */
  public void release(S session) {
    Slot<S> slot = live.remove(session);
    if (slot != null) {
      slot.holder = null;
      slot.released = ++ticks;
    }
  }

  /**
   * Forgets what one slot remembers, as after a failed step that may have written half of it. A
   * live slot stays with its session, which must compute everything again.
   */
  public void invalidate(int slot) {
    slots.get(slot).truncate(0);
  }

  /** Forgets what all slots remember, as after a device was reset. */
  public void invalidateAll() {
    slots.forEach(slot -> slot.truncate(0));
  }

  /** The session's slot, or −1 if it holds none. */
  public int slotOf(S session) {
    Slot<S> slot = live.get(session);
    return slot == null ? -1 : slot.index;
  }

  /** Valid positions of the session's slot. */
  public int length(S session) {
    return slot(session).length();
  }

  public int freeCount() {
    return slots.size() - live.size();
  }

  public int positionsPerSlot() {
    return positionsPerSlot;
  }

  /** O(slots); immutable, so that it may go to other threads. */
  public SlotStatistics statistics() {
    int warm = 0;
    long livePositions = 0;
    for (Slot<S> slot : slots) {
      if (slot.holder != null) {
        livePositions += slot.length();
      } else if (slot.length() > 0) {
        warm++;
      }
    }
    return new SlotStatistics(
        slots.size(),
        live.size(),
        warm,
        acquisitions,
        hits,
        queriedTokens,
        cachedTokens,
        evictions,
        livePositions,
        (long) slots.size() * positionsPerSlot);
  }

  /** Empty slots come first, whenever they were released. */
  private static <S> long age(Slot<S> slot) {
    return slot.length() == 0 ? -1 : slot.released;
  }

  private Slot<S> slot(S session) {
    Slot<S> slot = live.get(session);
    if (slot == null) {
      throw new IllegalArgumentException("session " + session + " holds no slot");
    }
    return slot;
  }
}
