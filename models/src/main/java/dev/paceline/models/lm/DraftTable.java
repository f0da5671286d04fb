package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.DraftLayout;
import dev.paceline.models.compile.StepLayout;

/** Checks the arguments of a call for drafts and lays them out as {@link DraftLayout} says. */
final class DraftTable {
  /** Rows of a prompt that are fed at a time; more would need a large mask. */
  static final int CHUNK = 128;

  /** In nats; about the largest that the fixed point holds, and what 0 counts as. */
  private static final double UNLIKELY = 120;

  private final ModelInfo info;
  private final int pickable;

  DraftTable(ModelInfo info, int pickable) {
    this.info = info;
    this.pickable = pickable;
  }

  /**
   * How many ids of a feed are fed by calls before the last.
   *
   * @throws UserError if the feed is empty or goes beyond the context
   */
  int feedAhead(int start, int length) {
    if (start < 0) {
      throw new UserError("position " + start + " is negative");
    }
    if (length == 0) {
      throw new UserError("a draft at position " + start + " has no tokens to go by");
    }
    int end = start + length;
    if (end > info.contextLength()) {
      throw new UserError(
          "position " + (end - 1) + " is beyond the context of " + info.contextLength());
    }
    return (length - 1) / CHUNK * CHUNK;
  }

  /**
   * Lays out a call; drafts beyond the context are left out.
   *
   * @throws UserError if an id is outside the vocabulary
   */
  long[] layOut(int start, int[] feed, int most, double stopBelow, SamplingParams sampling) {
    int end = start + feed.length;
    int drafts = Math.max(1, Math.min(most, info.contextLength() - end + 1));
    long[] table = new long[DraftLayout.HEADER + feed.length + drafts];
    boolean greedy = sampling.greedy();
    table[DraftLayout.START] = start;
    table[DraftLayout.ROWS] = feed.length;
    table[DraftLayout.DRAFTS] = drafts;
    table[DraftLayout.GREEDY] = greedy ? 1 : 0;
    table[DraftLayout.TEMPERATURE] = fixedPoint(greedy ? 1 : sampling.temperature());
    table[DraftLayout.TOP_P] = fixedPoint(greedy ? 1 : sampling.topP());
    table[DraftLayout.TOP_K] = greedy || sampling.topK() >= pickable ? 0 : sampling.topK();
    table[DraftLayout.STOP_BELOW] = fixedPoint(Math.min(UNLIKELY, -Math.log(stopBelow)));
    int at = DraftLayout.HEADER;
    for (int id : feed) {
      if (id < 0 || id >= info.config().vocabSize()) {
        throw new UserError(
            "token " + id + " is outside the vocabulary of " + info.config().vocabSize());
      }
      table[at++] = id;
    }
    for (int i = 0; i < drafts; i++) {
      table[at++] = greedy ? 0 : Race.key(sampling.seed(), end + i);
    }
    return table;
  }

  private static long fixedPoint(double value) {
    return Math.max(1, Math.round(value * StepLayout.FIXED_POINT));
  }
}
