package dev.paceline.models.verify;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Sequence;

/**
 * How far a model is from its reference.
 *
 * @param maxAbsError largest difference of a logit; NaN if the model gave a NaN
 * @param logits how many were compared
 * @param greedyEqual whether greedy decoding gave the same tokens
 * @param greedyTokens how many were compared, over all prompts
 * @param firstDifference index of the first continuation token that differs, over all prompts, or
 *     −1
 */
public record Verification(
    double maxAbsError, long logits, boolean greedyEqual, int greedyTokens, int firstDifference) {

  /** Runs a model over the reference's inputs. */
  public static Verification of(LanguageModel model, Golden golden) {
    double worst = 0;
    long logits = 0;
    for (Golden.Sequence sequence : golden.sequences()) {
      worst = Math.max(worst, error(model.logits(sequence.ids()), sequence.logits()));
      logits += sequence.logits().length;
    }
    int compared = 0;
    int difference = -1;
    for (Golden.Continuation continuation : golden.continuations()) {
      int at = firstDifference(model, continuation);
      if (at >= 0 && difference < 0) {
        difference = compared + at;
      }
      compared += continuation.output().length;
    }
    return new Verification(worst, logits, difference < 0, compared, difference);
  }

  /** Math.max keeps a NaN. */
  private static double error(float[][] got, float[] expected) {
    double worst = 0;
    int next = 0;
    for (float[] row : got) {
      for (float logit : row) {
        worst = Math.max(worst, Math.abs((double) logit - expected[next++]));
      }
    }
    return worst;
  }

  /** Decodes one token at a time from the model's own choices, as a user would. */
  private static int firstDifference(LanguageModel model, Golden.Continuation continuation) {
    Sequence sequence = new Sequence(model, 0, SamplingParams.GREEDY);
    int[] expected = continuation.output();
    int token = sequence.start(continuation.prompt()).tokens()[0];
    for (int i = 0; i < expected.length; i++) {
      if (token != expected[i]) {
        return i;
      }
      if (i + 1 < expected.length) {
        token = sequence.step(token).tokens()[0];
      }
    }
    return -1;
  }
}
