package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.util.Objects;

/**
 * The next positions of one sequence in a step. The tokens are computed at positions {@code start}
 * to {@code start + tokens.length - 1} on top of what the slot holds for the positions before;
 * whatever it held from {@code start} on is overwritten, so rolling a sequence back is a later step
 * with a smaller start.
 *
 * @param slot key-value slot, in [0, slots)
 * @param start position of the first token
 * @param tokens token ids at those positions; at least one; not copied
 * @param picks number of trailing positions p for which the token at p + 1 is chosen; 0 for a piece
 *     of a prompt
 * @param sampling how they are chosen
 * @param logits whether the logits that they are chosen from come back too, for a rule that judges
 *     by the distribution; costs a copy of the vocabulary from the device for each pick
 */
public record Segment(
    int slot, int start, int[] tokens, int picks, SamplingParams sampling, boolean logits) {

  /**
   * @throws UserError if a number is out of range by itself
   */
  public Segment {
    Objects.requireNonNull(sampling);
    if (slot < 0) {
      throw new UserError("slot " + slot + " is negative");
    }
    if (start < 0) {
      throw new UserError("position " + start + " is negative");
    }
    if (tokens.length == 0) {
      throw new UserError("a segment for slot " + slot + " has no tokens");
    }
    if (picks < 0 || picks > tokens.length) {
      throw new UserError(
          "a segment of " + tokens.length + " tokens cannot have " + picks + " picks");
    }
  }

  /** Without logits. */
  public Segment(int slot, int start, int[] tokens, int picks, SamplingParams sampling) {
    this(slot, start, tokens, picks, sampling, false);
  }

  /** Positions without picks, for a prompt. */
  public static Segment prefill(int slot, int start, int... tokens) {
    return new Segment(slot, start, tokens, 0, SamplingParams.GREEDY);
  }

  /** A pick after every position: decoding with one token, verification with several. */
  public static Segment decode(int slot, int start, SamplingParams sampling, int... tokens) {
    return new Segment(slot, start, tokens, tokens.length, sampling);
  }

  /** Position after the last token. */
  public int end() {
    return start + tokens.length;
  }
}
