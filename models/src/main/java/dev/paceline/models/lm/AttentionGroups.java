package dev.paceline.models.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which attention blocks of a step go into one call. A call takes blocks with the same number of
 * keys whose slots are evenly spaced, so that their keys and values are one strided view of the
 * cache and nothing is copied: sessions in neighbouring slots, or several blocks of one session
 * (spacing 0). A block's arithmetic does not depend on the call that it is in.
 */
final class AttentionGroups {
  /** From how many blocks with the same keys on a session has a call of its own; what is tried. */
  private static final int[] ALONE_FROM = {2, 3, 5, Integer.MAX_VALUE};

  /**
   * A block of rows of one session.
   *
   * @param segment the session's place in the step
   * @param position of its first row
   * @param keys number of keys it sees, masked ones included
   */
  record Block(int segment, int slot, int position, int keys) {}

  /**
   * One call.
   *
   * @param spacing slots between two blocks, 0 for blocks of one session
   */
  record Group(List<Block> blocks, int spacing) {
    int keys() {
      return blocks.get(0).keys();
    }
  }

  private AttentionGroups() {}

  /** Every block in exactly one group, few groups. */
  static List<Group> of(List<Block> blocks) {
    Map<Integer, Map<Integer, List<Block>>> byKeysAndSlot = new TreeMap<>();
    for (Block block : blocks) {
      byKeysAndSlot
          .computeIfAbsent(block.keys(), k -> new TreeMap<>())
          .computeIfAbsent(block.slot(), k -> new ArrayList<>())
          .add(block);
    }
    List<Group> all = new ArrayList<>();
    for (Map<Integer, List<Block>> bySlot : byKeysAndSlot.values()) {
      all.addAll(fewest(bySlot));
    }
    return all;
  }

  private static List<Group> fewest(Map<Integer, List<Block>> bySlot) {
    List<Group> best = List.of();
    for (int from : ALONE_FROM) {
      List<Group> groups = split(bySlot, from);
      if (best.isEmpty() || groups.size() < best.size()) {
        best = groups;
      }
    }
    return best;
  }

  private static List<Group> split(Map<Integer, List<Block>> bySlot, int aloneFrom) {
    List<Group> groups = new ArrayList<>();
    List<List<Block>> layers = new ArrayList<>();
    for (List<Block> own : bySlot.values()) {
      if (own.size() >= aloneFrom) {
        groups.add(new Group(own, 0));
        continue;
      }
      for (int i = 0; i < own.size(); i++) {
        if (i == layers.size()) {
          layers.add(new ArrayList<>());
        }
        layers.get(i).add(own.get(i));
      }
    }
    layers.forEach(layer -> addEvenRuns(layer, groups));
    return groups;
  }

  /**
   * @param layer blocks in the order of their slots, which differ
   */
  private static void addEvenRuns(List<Block> layer, List<Group> groups) {
    int from = 0;
    while (from < layer.size()) {
      int to = from + 1;
      int spacing = to < layer.size() ? gap(layer, from) : 0;
      while (to < layer.size() && gap(layer, to - 1) == spacing) {
        to++;
      }
      groups.add(new Group(List.copyOf(layer.subList(from, to)), spacing));
      from = to;
    }
  }

  private static int gap(List<Block> layer, int at) {
    return layer.get(at + 1).slot() - layer.get(at).slot();
  }
}
