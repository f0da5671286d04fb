package dev.paceline.models.lm;

import dev.paceline.common.sampling.SamplingParams;

/**
 * A model that guesses: one sequence, several tokens a call. One thread owns it: the first that
 * drafts. What it returns never decides a text.
 */
public interface DraftModel extends AutoCloseable {
  /** What this model is. */
  ModelInfo info();

  /**
   * Feeds ids from a position on, on top of what was fed or drafted before it, and drafts what
   * follows: the token after the fed ids, then, itself fed, the one after that, and so on. The
   * tokens are those that as many calls for one draft each would give.
   *
   * @param start position of the first id; what was computed from there on is forgotten
   * @param feed at least one id
   * @param most drafts at most, at least one
   * @param stopBelow ends after a draft with which the probability that all are right falls below
   *     this
   * @throws dev.paceline.common.UserError if a position or an id is out of range
   */
  Drafts draft(int start, int[] feed, int most, double stopBelow, SamplingParams sampling);

  /**
   * Feeds ids as {@link #draft} does and gives the logits of the token after them.
   *
   * @return [vocabulary], unscaled; minus infinity for tokens that the model never drafts
   * @throws dev.paceline.common.UserError if a position or an id is out of range
   */
  float[] logits(int start, int[] feed);

  @Override
  void close();
}
