package dev.paceline.scheduler.mec;

import java.util.random.RandomGenerator;

/**
 * One request, the tuple {d, f^MD, f^ES} of the paper before the payload is fixed.
 *
 * @param kind application
 * @param promptTokens length of the prompt
 * @param outputTokens length of the answer
 * @param draftedTokens tokens the phone drafts for it, outputTokens / acceptance rate
 */
public record Task(TaskKind kind, double promptTokens, double outputTokens, double draftedTokens) {
  private static final double LENGTH_SPREAD = 0.25;

  /** Draws a task: kind uniform, output length within ±25 % of the kind's mean. */
  public static Task draw(RandomGenerator random) {
    TaskKind kind = TaskKind.values()[random.nextInt(TaskKind.values().length)];
    double factor = 1 + LENGTH_SPREAD * (2 * random.nextDouble() - 1);
    return of(kind, kind.meanOutputTokens() * factor);
  }

  /** A task of known length. */
  public static Task of(TaskKind kind, double outputTokens) {
    return new Task(kind, kind.promptTokens(), outputTokens, outputTokens / kind.acceptanceRate());
  }

  /** f^MD: draft model over prompt and drafted tokens, in GFLOP. */
  public double deviceGflop() {
    return ModelPair.DRAFT_GFLOP_PER_TOKEN * (promptTokens + draftedTokens);
  }

  /** f^ES: target model over prompt and drafted tokens, in GFLOP. */
  public double serverGflop() {
    return ModelPair.TARGET_GFLOP_PER_TOKEN * (promptTokens + draftedTokens);
  }
}
