package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.ProgramSpec;
import dev.paceline.models.compile.StepLayout;
import dev.paceline.models.gpt2.Gpt2Config;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks the segments of a step and lays them out as {@link StepLayout} says. */
final class StepTable {
  private final ProgramSpec spec;
  private final Gpt2Config config;
  private final int slots;
  private final int context;
  private final int capacity;

  /**
   * @param context positions per slot
   * @param capacity positions for which a slot has room, a multiple of {@link StepLayout#KEYS}
   */
  StepTable(ProgramSpec spec, int slots, int context, int capacity) {
    this.spec = spec;
    this.config = spec.config();
    this.slots = slots;
    this.context = context;
    this.capacity = capacity;
  }

  /**
   * Lays out a step.
   *
   * @throws UserError if something is out of range
   */
  long[] layOut(List<Segment> segments) {
    int rows = 0;
    int blocks = 0;
    int picks = 0;
    for (Segment segment : segments) {
      rows += segment.tokens().length;
      blocks += blocks(segment);
      picks += segment.picks();
    }
    int padded = spec.paddedRows(rows);
    int paddedPicks = picks == 0 ? 0 : spec.paddedRows(picks);
    int gathered = spec.exact() ? blocks * StepLayout.BLOCK : 0;
    int scattered = spec.exact() ? padded : 0;
    int ids = StepLayout.HEADER;
    int positions = ids + padded;
    int targets = positions + padded;
    int gather = targets + rows;
    int scatter = gather + gathered;
    int fields = scatter + scattered;
    int pickRows = fields + blocks * StepLayout.BLOCK_FIELDS;
    int keys = pickRows + paddedPicks;
    long[] table = new long[keys + 5 * picks];
    table[StepLayout.ROWS] = padded;
    table[StepLayout.REAL_ROWS] = rows;
    table[StepLayout.BLOCKS] = blocks;
    table[StepLayout.PICK_ROWS] = paddedPicks;
    table[StepLayout.PICKS] = picks;

    int row = 0;
    int block = 0;
    int pick = 0;
    for (Segment segment : segments) {
      int[] tokens = segment.tokens();
      long base = (long) segment.slot() * 2 * config.heads() * capacity;
      int firstBlock = segment.start() / StepLayout.BLOCK;
      for (int i = 0; i < tokens.length; i++) {
        int position = segment.start() + i;
        table[ids + row + i] = tokens[i];
        table[positions + row + i] = position;
        table[targets + row + i] = base + position;
        if (spec.exact()) {
          int place = block * StepLayout.BLOCK + position - firstBlock * StepLayout.BLOCK;
          table[gather + place] = row + i;
          table[scatter + row + i] = place;
        }
      }
      int count = blocks(segment);
      for (int b = 0; b < count; b++) {
        int at = fields + (block + b) * StepLayout.BLOCK_FIELDS;
        boolean exact = spec.exact();
        int position = exact ? (firstBlock + b) * StepLayout.BLOCK : segment.start();
        int keyCount =
            exact
                ? StepLayout.roundUp(position + StepLayout.BLOCK, StepLayout.KEYS)
                : segment.end();
        table[at] = base * config.headWidth();
        table[at + 1] = position;
        table[at + 2] = keyCount;
        table[at + 3] = row;
        table[at + 4] = tokens.length;
      }
      for (int i = tokens.length - segment.picks(); i < tokens.length; i++) {
        table[pickRows + pick] = row + i;
        putPick(table, keys, picks, pick, segment.sampling(), segment.start() + i);
        pick++;
      }
      row += tokens.length;
      block += count;
    }
    return table;
  }

  private void putPick(
      long[] table, int keys, int picks, int pick, SamplingParams sampling, int position) {
    int values = keys + picks;
    int topKs = values + 2 * picks;
    boolean greedy = sampling.greedy();
    boolean filtered = !greedy && (sampling.topK() > 0 || sampling.topP() < 1f);
    table[keys + pick] = greedy ? 0 : Race.key(sampling.seed(), position + 1);
    float temperature = greedy ? 1f : sampling.temperature();
    float topP = filtered ? sampling.topP() : 1f;
    table[values + pick] = fixedPoint(temperature);
    table[values + picks + pick] = fixedPoint(topP);
    table[topKs + pick] = filtered && sampling.topK() < config.vocabSize() ? sampling.topK() : 0;
    table[topKs + picks + pick] = greedy ? 1 : 0;
    if (!greedy) {
      table[StepLayout.FLAGS] |= StepLayout.SAMPLES;
    }
    if (filtered) {
      table[StepLayout.FLAGS] |= StepLayout.FILTERS;
    }
  }

  private static long fixedPoint(float value) {
    return Math.max(1, Math.round(value * StepLayout.FIXED_POINT));
  }

  private int blocks(Segment segment) {
    if (!spec.exact()) {
      return 1;
    }
    return (segment.end() - 1) / StepLayout.BLOCK - segment.start() / StepLayout.BLOCK + 1;
  }

  /**
   * Checks segments against the model.
   *
   * @throws UserError naming the first value that is out of range
   */
  void check(List<Segment> segments) {
    Set<Integer> used = new HashSet<>();
    for (Segment segment : segments) {
      if (segment.slot() >= slots) {
        throw new UserError("slot " + segment.slot() + " is not below the model's " + slots);
      }
      if (segments.size() > 1 && !used.add(segment.slot())) {
        throw new UserError("slot " + segment.slot() + " occurs twice in one step");
      }
      if (segment.end() > context) {
        throw new UserError(
            "position " + (segment.end() - 1) + " is beyond the context of " + context);
      }
      for (int token : segment.tokens()) {
        if (token < 0 || token >= config.vocabSize()) {
          throw new UserError(
              "token " + token + " is outside the vocabulary of " + config.vocabSize());
        }
      }
    }
  }
}
