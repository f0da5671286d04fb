package dev.paceline.common.simulation;

import java.util.PriorityQueue;

/** The clock and the event queue of a simulation. Events of one time run in the order they came. */
public final class VirtualTime {
  private final PriorityQueue<Event> queue = new PriorityQueue<>();
  private long now;
  private long sequence;

  /** Nanoseconds since the start. */
  public long now() {
    return now;
  }

  /** Runs an action at a time, at once if that has passed. */
  public void at(long nanos, Runnable action) {
    queue.add(new Event(Math.max(nanos, now), sequence++, action));
  }

  /** Runs an action after a delay. */
  public void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /** Runs the next event; false when there is none. */
  public boolean step() {
    Event event = queue.poll();
    if (event == null) {
      return false;
    }
    now = event.nanos;
    event.action.run();
    return true;
  }

  private static final class Event implements Comparable<Event> {
    final long nanos;
    final long sequence;
    final Runnable action;

    Event(long nanos, long sequence, Runnable action) {
      this.nanos = nanos;
      this.sequence = sequence;
      this.action = action;
    }

    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(nanos, other.nanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }
}
