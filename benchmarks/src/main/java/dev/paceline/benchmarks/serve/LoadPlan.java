package dev.paceline.benchmarks.serve;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import java.util.List;
import java.util.Map;

/**
 * What to measure.
 *
 * @param model id or folder of the target
 * @param threads of the CPU for one step; 0 leaves the choice
 * @param sessions numbers of sessions at a time, ascending
 * @param acceptance chance that a draft token is the target's
 * @param window draft tokens in flight per session; 0 for the server's advice
 * @param promptTokens of every prompt
 * @param maxTokens of every generation
 * @param temperature 0 is greedy
 * @param seconds measured per figure, in slices with warm-ups and replays between them
 * @param sloMs largest p95 of the inter-token latency; 0 for multiples of the single session's
 *     median
 * @param serverOptions further options of {@code paceline serve}
 */
record LoadPlan(
    String model,
    Precision precision,
    String device,
    int threads,
    List<Integer> sessions,
    double acceptance,
    int window,
    int promptTokens,
    int maxTokens,
    float temperature,
    double seconds,
    double sloMs,
    long seed,
    Map<String, String> serverOptions) {
  /** Most sessions that one measurement may have. */
  private static final int MOST = 4096;

  /**
   * @throws UserError if a value is out of range
   */
  LoadPlan {
    if (sessions.isEmpty()) {
      throw new UserError("--sessions names no number");
    }
    for (int n : sessions) {
      if (n < 1 || n > MOST) {
        throw new UserError("--sessions " + n + " is not between 1 and " + MOST);
      }
    }
    if (!(acceptance >= 0 && acceptance <= 1)) {
      throw new UserError("--acceptance " + acceptance + " is not between 0 and 1");
    }
    if (window < 0) {
      throw new UserError("--draft-length " + window + " is negative");
    }
    if (promptTokens < 1) {
      throw new UserError("--prompt-tokens " + promptTokens + " is not positive");
    }
    if (maxTokens < 2) {
      throw new UserError("--max-tokens " + maxTokens + " has no interval between tokens");
    }
    if (!(seconds > 0 && seconds <= 3600)) {
      throw new UserError("--seconds " + seconds + " is not above 0 and at most 3600");
    }
    if (!(sloMs >= 0)) {
      throw new UserError("--slo-ms " + sloMs + " is negative");
    }
    sessions = sessions.stream().distinct().sorted().toList();
    serverOptions = Map.copyOf(serverOptions);
  }

  int mostSessions() {
    return sessions.get(sessions.size() - 1);
  }

  /** Positions that a session needs, in steps of the attention's key blocks. */
  int positions() {
    return (promptTokens + maxTokens + 63) / 64 * 64;
  }

  /** The window that the client starts with; beyond it fewer than a quarter of the drafts count. */
  int firstWindow() {
    if (window > 0) {
      return window;
    }
    int length = 1;
    while (length < 16 && Math.pow(acceptance, length) > 0.25) {
      length++;
    }
    return length;
  }
}
