package dev.paceline.draft.core;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Sequence;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * One model decoding by itself, one token a step: the device-only mode, and what every other mode
 * must equal.
 */
public final class SoloDecoder {
  private SoloDecoder() {}

  /**
   * Decodes until the token limit, a stop id or the end of the context.
   *
   * @param each called with every token as it is made
   * @return the output tokens
   * @throws UserError if the prompt does not fit the context
   */
  public static int[] decode(
      LanguageModel model,
      int[] prompt,
      SamplingParams sampling,
      int maxTokens,
      int[] stopIds,
      IntConsumer each) {
    int context = model.info().contextLength();
    if (prompt.length >= context) {
      throw new UserError(
          "the prompt has "
              + prompt.length
              + " tokens, but the context of "
              + model.info().id()
              + " holds "
              + context
              + " with at least one output token");
    }
    int limit = Math.min(maxTokens, context - prompt.length);
    int[] output = new int[limit];
    Sequence sequence = new Sequence(model, 0, sampling);
    int token = sequence.start(prompt).tokens()[0];
    for (int n = 0; ; ) {
      output[n++] = token;
      each.accept(token);
      if (n == limit || contains(stopIds, token)) {
        return Arrays.copyOf(output, n);
      }
      token = sequence.step(token).tokens()[0];
    }
  }

  private static boolean contains(int[] ids, int id) {
    for (int candidate : ids) {
      if (candidate == id) {
        return true;
      }
    }
    return false;
  }
}
