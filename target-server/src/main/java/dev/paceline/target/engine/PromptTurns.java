package dev.paceline.target.engine;

import dev.paceline.common.speculation.target.StepTimes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shares the rows that prompts get in a step, so that they stall neither those who decode nor each
 * other.
 *
 * <p>A step takes as many rows of prompts as at most double its time. They go to one prompt after
 * the other, in the order of the fair queue, for a prompt that is complete early is worth more than
 * all of them together late; but a prompt that has had a chunk lets the next one go first, so that
 * a long one does not hold up the short ones. Engine thread only.
 */
final class PromptTurns {
  /** Rows of prompts in a step, however slow they make it. */
  private static final int FEWEST_ROWS = 16;

  private static final double SLOWDOWN = 2;

  private final StepTimes times;
  private final EngineOptions options;
  private @Nullable EngineSession current;
  private int used;

  PromptTurns(StepTimes times, EngineOptions options) {
    this.times = times;
    this.options = options;
  }

  /**
   * Sets the {@code promptRows} of every session.
   *
   * @param ready who wants a step, in the order of service
   */
  void allot(List<EngineSession> ready) {
    int left = room(ready);
    EngineSession first = current;
    if (first != null && (used >= options.prefillChunk() || !ready.contains(first))) {
      first = null;
    }
    if (first != null) {
      left -= allot(first, left);
    }
    for (EngineSession session : ready) {
      if (session != first) {
        left -= allot(session, left);
      }
    }
  }

  private int allot(EngineSession session, int left) {
    int behind = session.machine.rowsBehind();
    if (behind <= 1) {
      session.promptRows = 0;
      return 0;
    }
    int rows = Math.min(Math.min(behind, options.prefillChunk()), left);
    session.promptRows = rows;
    if (rows > 0) {
      used = session == current ? used + rows : rows;
      current = session;
    }
    return rows;
  }

  private int room(List<EngineSession> ready) {
    int decoding = 0;
    for (EngineSession session : ready) {
      decoding += session.machine.rowsBehind() <= 1 ? 1 : 0;
    }
    if (decoding == 0 && ready.size() <= 1) {
      return options.rowBudget();
    }
    int base = Math.max(1, decoding);
    double limit = SLOWDOWN * times.nanos(base);
    int room = FEWEST_ROWS;
    while (room < options.rowBudget() && times.nanos(base + room + 1) <= limit) {
      room++;
    }
    return room;
  }
}
