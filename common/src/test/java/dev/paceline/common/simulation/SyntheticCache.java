package dev.paceline.common.simulation;

import java.util.Arrays;

/**
 * Stands for a cache of keys and values: remembers which tokens it was fed, so that a state machine
 * that trusts a wrong prefix gets wrong tokens.
 */
final class SyntheticCache {
  private final SyntheticPair pair;
  private int[] ids = new int[64];
  private long[] hashes = new long[64];
  private int length;

  SyntheticCache(SyntheticPair pair) {
    this.pair = pair;
  }

  int length() {
    return length;
  }

  void truncate(int keep) {
    if (keep > length) {
      throw new AssertionError("keeps " + keep + " positions of a cache that holds " + length);
    }
    length = keep;
  }

  void feed(int id) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, length * 2);
      hashes = Arrays.copyOf(hashes, length * 2);
    }
    hashes[length] = pair.extend(length == 0 ? pair.empty() : hashes[length - 1], id);
    ids[length++] = id;
  }

  /** The hash of everything that was fed. */
  long prefix() {
    return length == 0 ? pair.empty() : hashes[length - 1];
  }

  int commonPrefix(int[] sequence) {
    int common = 0;
    while (common < Math.min(length, sequence.length) && ids[common] == sequence[common]) {
      common++;
    }
    return common;
  }
}
