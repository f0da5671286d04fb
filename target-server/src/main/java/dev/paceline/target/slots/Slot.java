package dev.paceline.target.slots;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One slot's contents and holder. Mutable, owned by its table.
 *
 * @param <S> a session
 */
final class Slot<S> {
  final int index;
  @Nullable S holder;

  /** Tick of the last release; orders free slots by age. */
  long released;

  private int[] tokens = new int[16];
  private int length;

  Slot(int index) {
    this.index = index;
  }

  int length() {
    return length;
  }

  int commonPrefix(int[] other) {
    int mismatch = Arrays.mismatch(tokens, 0, length, other, 0, other.length);
    return mismatch < 0 ? length : mismatch;
  }

  void write(int position, int[] source, int count) {
    int end = position + count;
    if (end > tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(end, 2 * tokens.length));
    }
    System.arraycopy(source, 0, tokens, position, count);
    length = end;
  }

  void truncate(int positions) {
    length = Math.min(length, positions);
  }
}
