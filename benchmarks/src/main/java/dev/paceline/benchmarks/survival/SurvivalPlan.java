package dev.paceline.benchmarks.survival;

import dev.paceline.common.UserError;
import java.util.Map;

/**
 * What to measure.
 *
 * @param texts of each kind, one fault each, or one move a second
 * @param tokens of a text; of a moved one or one of a real process {@code longTokens}
 * @param mostSeconds that a link is away
 * @param undisturbed runs of each text before the one with the fault; the fastest one counts
 * @param lanes texts at a time; those of real processes go one by one
 */
record SurvivalPlan(
    Map<Fault, Integer> texts,
    int tokens,
    int longTokens,
    double mostSeconds,
    int undisturbed,
    int lanes) {
  SurvivalPlan {
    texts.forEach(
        (fault, count) -> {
          if (count < 0 || count > 10_000) {
            throw new UserError(
                count + " texts for '" + fault.label() + "' is not between 0 and 10000");
          }
        });
    if (lanes < 1 || lanes > 64) {
      throw new UserError("--lanes " + lanes + " is not between 1 and 64");
    }
    if (!(mostSeconds >= 0.1 && mostSeconds <= 60)) {
      throw new UserError("--longest " + mostSeconds + " is not between 0.1 and 60 seconds");
    }
  }

  /** The tokens of a text with that fault. */
  int tokens(Fault fault) {
    return fault == Fault.MOVE || fault == Fault.KILL ? longTokens : tokens;
  }
}
