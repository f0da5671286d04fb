package dev.paceline.scheduler.mec;

/**
 * The three applications of the paper's section V. The paper gives no lengths; these are
 * assumptions in the range of HumanEval, CNN/DailyMail and chat turns.
 */
public enum TaskKind {
  CODE(256, 150, 0.75),
  SUMMARY(128, 700, 0.65),
  CHAT(64, 60, 0.60);

  private final double meanOutputTokens;
  private final double promptTokens;
  private final double acceptanceRate;

  TaskKind(double meanOutputTokens, double promptTokens, double acceptanceRate) {
    this.meanOutputTokens = meanOutputTokens;
    this.promptTokens = promptTokens;
    this.acceptanceRate = acceptanceRate;
  }

  /** Mean length of the answer in tokens. */
  public double meanOutputTokens() {
    return meanOutputTokens;
  }

  /** Length of the prompt in tokens. */
  public double promptTokens() {
    return promptTokens;
  }

  /** Expected accepted / drafted. */
  public double acceptanceRate() {
    return acceptanceRate;
  }
}
