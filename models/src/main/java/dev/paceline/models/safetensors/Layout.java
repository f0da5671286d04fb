package dev.paceline.models.safetensors;

import dev.paceline.common.UserError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Checks that the tensors of a file fill its data section exactly: every range fits its shape and
 * dtype, none overlaps, nothing is left over.
 */
final class Layout {
  private Layout() {}

  /**
   * @param dataBytes size of the data section
   * @throws UserError naming the first tensor in the wrong place
   */
  static void check(String file, Collection<TensorInfo> tensors, long dataBytes) {
    List<TensorInfo> sorted = new ArrayList<>(tensors);
    sorted.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    long expected = 0;
    String before = "";
    for (TensorInfo t : sorted) {
      checkRange(file, t, dataBytes);
      if (t.begin() < expected) {
        throw bad(
            file,
            t,
            "begins at byte "
                + t.begin()
                + ", inside tensor '"
                + before
                + "' which ends at "
                + expected);
      }
      if (t.begin() > expected) {
        throw bad(
            file,
            t,
            "begins at byte " + t.begin() + ", which leaves a hole after byte " + expected);
      }
      expected = t.end();
      before = HeaderReader.printable(t.name());
    }
    if (expected != dataBytes) {
      throw new UserError(
          file + " has " + dataBytes + " bytes of data but its tensors end at byte " + expected);
    }
  }

  private static void checkRange(String file, TensorInfo t, long dataBytes) {
    if (t.begin() > t.end()) {
      throw bad(file, t, "begins at byte " + t.begin() + ", after its end " + t.end());
    }
    if (t.end() > dataBytes) {
      throw bad(
          file,
          t,
          "ends at byte "
              + t.end()
              + " but the file has "
              + dataBytes
              + " bytes of data: is it truncated?");
    }
    long size = t.dtype().bytes();
    try {
      for (long dimension : t.shape()) {
        size = Math.multiplyExact(size, dimension);
      }
    } catch (ArithmeticException e) {
      throw bad(file, t, "has the absurd shape " + t.shape());
    }
    if (size != t.end() - t.begin()) {
      throw bad(
          file,
          t,
          "has shape "
              + t.shape()
              + " of "
              + t.dtype()
              + ", which is "
              + size
              + " bytes, but a range of "
              + (t.end() - t.begin())
              + " bytes");
    }
  }

  private static UserError bad(String file, TensorInfo t, String what) {
    return new UserError(file + ": tensor '" + HeaderReader.printable(t.name()) + "' " + what);
  }
}
