package dev.paceline.common.speculation.target;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Decides whether a step that could start waits a moment for the drafts of sessions that hold.
 *
 * <p>A session that misses a step loses a whole one, so when a step starts, whoever holds joins it
 * with a token of its own: that yields 1 − α tokens more than sitting it out, for as many rows in
 * the end. What is left to decide is the start. Waiting for {@code t} costs λ·t tokens, λ being the
 * rate of the engine; it gains, for each session whose drafts have come by then, what a step with
 * them is worth more to it than one without ({@link HoldRule}). The gate waits for the set of
 * sessions whose gains exceed the cost most, in the order in which their drafts are expected.
 *
 * <p>Sessions that are ready are kept waiting for others' sake: never longer than a quarter of a
 * step in all. One per engine; not thread-safe.
 */
public final class StepGate {
  private static final double LONGEST = 0.25;

  private final List<Hold> holds = new ArrayList<>();
  private boolean waiting;
  private long since;

  /** A session that holds. */
  private static final class Hold {
    final double nanos;
    final double gain;

    Hold(double nanos, double gain) {
      this.nanos = nanos;
      this.gain = gain;
    }
  }

  /**
   * Asked whenever somebody is ready and no step runs.
   *
   * @param holding sessions that hold
   * @param rate λ, tokens per nanosecond
   * @param stepNanos expected duration of the step
   * @return how long to wait and ask again, sooner if something happens; 0 to start now
   */
  public long waitNanos(Iterable<TargetSession> holding, double rate, double stepNanos, long now) {
    if (!waiting) {
      waiting = true;
      since = now;
    }
    double left = LONGEST * stepNanos - (now - since);
    holds.clear();
    for (TargetSession session : holding) {
      double nanos = session.holdNanos(now);
      if (nanos <= left) {
        holds.add(new Hold(nanos, session.outlook().hold().gain()));
      }
    }
    holds.sort(Comparator.comparingDouble(hold -> hold.nanos));
    double gain = 0;
    double best = 0;
    double wait = 0;
    for (Hold hold : holds) {
      gain += hold.gain;
      if (gain - rate * hold.nanos > best) {
        best = gain - rate * hold.nanos;
        wait = hold.nanos;
      }
    }
    if (wait < 1) {
      waiting = false;
      return 0;
    }
    return (long) wait;
  }
}
