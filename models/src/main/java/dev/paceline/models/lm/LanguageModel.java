package dev.paceline.models.lm;

import java.util.List;

/**
 * A language model with preallocated key-value slots.
 *
 * <p>One thread owns a model: the first that steps. Assertions check it. {@link #info} and {@link
 * #close} may be called by any thread, but not during a step.
 */
public interface LanguageModel extends AutoCloseable {
  /** What this model is. */
  ModelInfo info();

  /**
   * Computes the next positions of several sequences in one native call. Where the precision is
   * {@linkplain dev.paceline.models.compile.Precision#rowIndependent row-independent}, a pick is
   * the same whatever else is in the step and however a sequence is split into steps.
   *
   * @param segments at most one per slot
   * @throws dev.paceline.common.UserError if a slot, position or token is out of range; nothing has
   *     happened then
   */
  StepResult step(List<Segment> segments);

  /**
   * All logits of a sequence, for comparison with another implementation. Overwrites slot 0.
   *
   * @param tokens from position 0
   * @return [tokens.length][vocabulary]
   * @throws dev.paceline.common.UserError as {@link #step}
   */
  float[][] logits(int[] tokens);

  /** Frees the weights and the slots. */
  @Override
  void close();
}
