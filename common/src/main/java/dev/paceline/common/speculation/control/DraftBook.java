package dev.paceline.common.speculation.control;

import java.util.Arrays;

/**
 * The drafts that wait for their verdict: what was said about each when it was made, and when it
 * was sent. A ring by position.
 */
final class DraftBook {
  private static final int SIZE = 256;
  private static final int NONE = -1;

  private final int[] positions = new int[SIZE];
  private final int[] ids = new int[SIZE];
  private final int[] depths = new int[SIZE];
  private final double[] logProbabilities = new double[SIZE];
  private final long[] sentAt = new long[SIZE];
  private final long[] marks = new long[SIZE];

  DraftBook() {
    Arrays.fill(positions, NONE);
  }

  void add(int position, int id, double logProbability, int depth) {
    int slot = slot(position);
    positions[slot] = position;
    ids[slot] = id;
    logProbabilities[slot] = logProbability;
    depths[slot] = depth;
    sentAt[slot] = 0;
  }

  /**
   * @param mark of the frame that took it
   */
  void sent(int position, long mark, long now) {
    if (has(position)) {
      sentAt[slot(position)] = now;
      marks[slot(position)] = mark;
    }
  }

  boolean has(int position) {
    return positions[slot(position)] == position;
  }

  int id(int position) {
    return ids[slot(position)];
  }

  int depth(int position) {
    return depths[slot(position)];
  }

  double logProbability(int position) {
    return logProbabilities[slot(position)];
  }

  /** 0 if it was not sent. */
  long sentAt(int position) {
    return sentAt[slot(position)];
  }

  /** Of the frame that took it; of use only if it was sent. */
  long mark(int position) {
    return marks[slot(position)];
  }

  /** Nothing is known of a position and of those behind it any more. */
  void forgetFrom(int position) {
    for (int i = 0; i < SIZE; i++) {
      if (positions[i] >= position) {
        positions[i] = NONE;
      }
    }
  }

  private static int slot(int position) {
    return position & (SIZE - 1);
  }
}
