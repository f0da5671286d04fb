package dev.paceline.common.speculation;

import java.util.Arrays;

/** A growing sequence of token ids without boxing. */
public final class TokenSequence {
  private int[] ids;
  private int length;

  /** A copy of the given parts, one after the other. */
  public TokenSequence(int[]... parts) {
    int total = 0;
    for (int[] part : parts) {
      total += part.length;
    }
    ids = new int[Math.max(16, total + 64)];
    for (int[] part : parts) {
      System.arraycopy(part, 0, ids, length, part.length);
      length += part.length;
    }
  }

  public int length() {
    return length;
  }

  /** The id at a position below {@link #length}. */
  public int get(int position) {
    if (position >= length) {
      throw new IndexOutOfBoundsException("position " + position + " of " + length);
    }
    return ids[position];
  }

  /** Appends one id. */
  public void add(int id) {
    if (length == ids.length) {
      ids = Arrays.copyOf(ids, length * 2);
    }
    ids[length++] = id;
  }

  /** Forgets everything from a position on; nothing when the sequence is shorter. */
  public void truncate(int newLength) {
    length = Math.min(length, newLength);
  }

  /** Forgets the first ids. */
  public void removeFirst(int count) {
    System.arraycopy(ids, count, ids, 0, length - count);
    length -= count;
  }

  /** A copy of the ids in [from, to). */
  public int[] copy(int from, int to) {
    return Arrays.copyOfRange(ids, from, to);
  }

  /** A copy of all ids. */
  public int[] toArray() {
    return copy(0, length);
  }
}
