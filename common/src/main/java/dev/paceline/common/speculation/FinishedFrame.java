package dev.paceline.common.speculation;

/** The server's last frame. Immutable. */
public final class FinishedFrame {
  private final FinishReason reason;
  private final int promptTokens;
  private final int outputTokens;
  private final SpeculationStatistics statistics;

  /**
   * @param promptTokens ids of the prompt, without resumed output
   * @param outputTokens output tokens in all, resumed ones included
   */
  public FinishedFrame(
      FinishReason reason, int promptTokens, int outputTokens, SpeculationStatistics statistics) {
    this.reason = reason;
    this.promptTokens = promptTokens;
    this.outputTokens = outputTokens;
    this.statistics = statistics;
  }

  public FinishReason reason() {
    return reason;
  }

  public int promptTokens() {
    return promptTokens;
  }

  public int outputTokens() {
    return outputTokens;
  }

  public SpeculationStatistics statistics() {
    return statistics;
  }
}
