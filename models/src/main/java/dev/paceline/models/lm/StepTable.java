package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.ProgramSpec;
import dev.paceline.models.compile.StepLayout;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.AttentionGroups.Block;
import dev.paceline.models.lm.AttentionGroups.Group;
import java.util.ArrayList;
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
    int picks = 0;
    int wanted = 0;
    for (Segment segment : segments) {
      rows += segment.tokens().length;
      picks += segment.picks();
      wanted += segment.logits() ? segment.picks() : 0;
    }
    List<Group> groups = spec.exact() ? groups(segments) : List.of();
    int groupCount = spec.exact() ? groups.size() : segments.size();
    int blocks =
        spec.exact() ? groups.stream().mapToInt(g -> g.blocks().size()).sum() : segments.size();
    int padded = spec.paddedRows(rows);
    int paddedPicks = picks == 0 ? 0 : spec.paddedRows(picks);
    int ids = StepLayout.HEADER;
    int positions = ids + padded;
    int targets = positions + padded;
    int gather = targets + rows;
    int scatter = gather + (spec.exact() ? blocks * StepLayout.BLOCK : 0);
    int starts = scatter + (spec.exact() ? padded : 0);
    int fields = starts + blocks;
    int pickRows = fields + groupCount * StepLayout.GROUP_FIELDS;
    int wantedAt = pickRows + paddedPicks;
    int keys = wantedAt + wanted;
    long[] table = new long[keys + 5 * picks];
    table[StepLayout.ROWS] = padded;
    table[StepLayout.REAL_ROWS] = rows;
    table[StepLayout.BLOCKS] = blocks;
    table[StepLayout.PICK_ROWS] = paddedPicks;
    table[StepLayout.PICKS] = picks;
    table[StepLayout.GROUPS] = groupCount;
    table[StepLayout.WANTED] = wanted;

    int[] firstRows = new int[segments.size()];
    int row = 0;
    int pick = 0;
    for (int n = 0; n < segments.size(); n++) {
      Segment segment = segments.get(n);
      firstRows[n] = row;
      int[] tokens = segment.tokens();
      for (int i = 0; i < tokens.length; i++) {
        int position = segment.start() + i;
        table[ids + row + i] = tokens[i];
        table[positions + row + i] = position;
        table[targets + row + i] = base(segment.slot()) + position;
      }
      for (int i = tokens.length - segment.picks(); i < tokens.length; i++) {
        table[pickRows + pick] = row + i;
        if (segment.logits()) {
          table[wantedAt++] = pick;
        }
        putPick(table, keys, picks, pick, segment.sampling(), segment.start() + i);
        pick++;
      }
      if (!spec.exact()) {
        table[starts + n] = segment.start();
        putGroup(table, fields, n, segment.slot(), segment.end(), row, tokens.length, 0);
      }
      row += tokens.length;
    }
    int block = 0;
    for (int g = 0; g < groups.size(); g++) {
      Group group = groups.get(g);
      int slot = group.blocks().get(0).slot();
      int count = group.blocks().size();
      putGroup(table, fields, g, slot, group.keys(), block, count, group.spacing());
      for (Block member : group.blocks()) {
        table[starts + block] = member.position();
        Segment segment = segments.get(member.segment());
        int from = Math.max(segment.start(), member.position());
        int to = Math.min(segment.end(), member.position() + StepLayout.BLOCK);
        for (int position = from; position < to; position++) {
          int place = block * StepLayout.BLOCK + position - member.position();
          int own = firstRows[member.segment()] + position - segment.start();
          table[gather + place] = own;
          table[scatter + own] = place;
        }
        block++;
      }
    }
    return table;
  }

  private long base(int slot) {
    return (long) slot * 2 * config.heads() * capacity;
  }

  private void putGroup(
      long[] table, int fields, int group, int slot, int keys, int first, int count, int spacing) {
    int at = fields + group * StepLayout.GROUP_FIELDS;
    table[at] = base(slot) * config.headWidth();
    table[at + 1] = keys;
    table[at + 2] = first;
    table[at + 3] = count;
    table[at + 4] = base(spacing) * config.headWidth();
  }

  private static List<Group> groups(List<Segment> segments) {
    List<Block> blocks = new ArrayList<>();
    for (int n = 0; n < segments.size(); n++) {
      Segment segment = segments.get(n);
      int first = segment.start() / StepLayout.BLOCK * StepLayout.BLOCK;
      for (int position = first; position < segment.end(); position += StepLayout.BLOCK) {
        int keys = StepLayout.roundUp(position + StepLayout.BLOCK, StepLayout.KEYS);
        blocks.add(new Block(n, segment.slot(), position, keys));
      }
    }
    return AttentionGroups.of(blocks);
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
