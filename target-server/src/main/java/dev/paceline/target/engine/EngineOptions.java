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
 */
public record EngineOptions(int rowBudget, int prefillChunk, int maxWindow) {
  public EngineOptions {
    if (rowBudget < 1) {
      throw new UserError("row budget " + rowBudget + " is not positive");
    }
    if (prefillChunk < 1) {
      throw new UserError("prefill chunk " + prefillChunk + " is not positive");
    }
    if (maxWindow < 1) {
      throw new UserError("largest window " + maxWindow + " is not positive");
    }
  }
}
