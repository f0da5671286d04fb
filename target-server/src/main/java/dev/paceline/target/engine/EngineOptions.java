package dev.paceline.target.engine;

import dev.paceline.common.UserError;

/**
 * Limits of a verification engine.
 *
 * @param rowBudget rows of one step over all sessions: bounds the time between two tokens of
 *     anybody
 * @param prefillChunk rows of one session's prompt in one step, so that a long prompt cannot stall
 *     the others
 * @param maxWindow draft tokens of one session that may wait for their verdict
 * @param maxSessions sessions that run at once; 0 for one per slot. Slots beyond it only remember
 *     prefixes
 * @param maxTokens output tokens of one generation; 0 for as many as the context holds
 */
public record EngineOptions(
    int rowBudget, int prefillChunk, int maxWindow, int maxSessions, int maxTokens) {
  public EngineOptions {
    positive("row budget", rowBudget, 1);
    positive("prefill chunk", prefillChunk, 1);
    positive("largest window", maxWindow, 1);
    positive("number of sessions", maxSessions, 0);
    positive("number of output tokens", maxTokens, 0);
  }

  private static void positive(String what, int value, int least) {
    if (value < least) {
      throw new UserError(what + " " + value + " is less than " + least);
    }
  }

  /** Sessions that run at once on so many slots. */
  public int runningAtOnce(int slots) {
    return maxSessions == 0 ? slots : Math.min(maxSessions, slots);
  }

  /** The same with steps of other sizes. */
  EngineOptions withRowBudget(int rows) {
    return new EngineOptions(rows, prefillChunk, maxWindow, maxSessions, maxTokens);
  }
}
