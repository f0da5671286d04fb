package dev.paceline.common.speculation;

import dev.paceline.common.UserError;

/** What a server grants to one session. Immutable. */
public final class SessionLimits {
  private final int contextLength;
  private final int maxWindow;
  private final int maxTokens;

  /**
   * @param contextLength positions that the model has; prompt and output together never exceed it
   * @param maxWindow draft tokens that may wait for their verdict
   * @param maxTokens output tokens of one generation
   */
  public SessionLimits(int contextLength, int maxWindow, int maxTokens) {
    if (contextLength < 1) {
      throw new UserError("context length " + contextLength + " is not positive");
    }
    if (maxWindow < 0) {
      throw new UserError("largest window " + maxWindow + " is negative");
    }
    if (maxTokens < 1) {
      throw new UserError("largest number of output tokens " + maxTokens + " is not positive");
    }
    this.contextLength = contextLength;
    this.maxWindow = maxWindow;
    this.maxTokens = maxTokens;
  }

  public int contextLength() {
    return contextLength;
  }

  public int maxWindow() {
    return maxWindow;
  }

  public int maxTokens() {
    return maxTokens;
  }

  @Override
  public String toString() {
    return "context " + contextLength + ", window " + maxWindow + ", tokens " + maxTokens;
  }
}
