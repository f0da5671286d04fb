package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.util.Arrays;
import java.util.List;

/**
 * One sequence in one slot of a model, for callers that run one at a time. The length is the number
 * of positions whose keys and values the slot holds.
 */
public final class Sequence {
  /** Rows of a prompt per step. */
  private static final int CHUNK = 128;

  private final LanguageModel model;
  private final int slot;
  private final SamplingParams sampling;
  private int length;

  public Sequence(LanguageModel model, int slot, SamplingParams sampling) {
    this.model = model;
    this.slot = slot;
    this.sampling = sampling;
  }

  /** Number of positions computed. */
  public int length() {
    return length;
  }

  /** Computes positions without choosing anything. */
  public void prefill(int... tokens) {
    for (int from = 0; from < tokens.length; from += CHUNK) {
      int[] chunk = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + CHUNK));
      model.step(List.of(Segment.prefill(slot, length, chunk)));
      length += chunk.length;
    }
  }

  /**
   * Rolls back to the start and computes a prompt.
   *
   * @param prompt at least one token
   * @return one pick, the token after the prompt
   */
  public Picks start(int... prompt) {
    if (prompt.length == 0) {
      throw new UserError("a prompt needs at least one token");
    }
    rollback(0);
    prefill(Arrays.copyOf(prompt, prompt.length - 1));
    return step(prompt[prompt.length - 1]);
  }

  /**
   * Computes the tokens at the next positions and chooses the one after each.
   *
   * @return as many picks as tokens
   */
  public Picks step(int... tokens) {
    Picks picks = model.step(List.of(Segment.decode(slot, length, sampling, tokens))).segment(0);
    length += tokens.length;
    return picks;
  }

  /**
   * Forgets the positions from one on.
   *
   * @throws UserError if there are not that many
   */
  public void rollback(int position) {
    if (position < 0 || position > length) {
      throw new UserError(
          "cannot roll back to position " + position + " of a sequence of " + length);
    }
    length = position;
  }
}
