package dev.paceline.models.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/** B sequences of T + 1 tokens as what a program takes: T inputs and, one later, T targets. */
final class Batches {
  private Batches() {}

  /** [B, T]. */
  static NDArray inputs(NDManager scope, int[][] ids) {
    return scope.create(flat(ids, 0), new Shape(ids.length, ids[0].length - 1L));
  }

  /** [B·T]. */
  static NDArray targets(NDManager scope, int[][] ids) {
    return scope.create(flat(ids, 1));
  }

  private static long[] flat(int[][] ids, int offset) {
    int length = ids[0].length - 1;
    long[] flat = new long[ids.length * length];
    for (int b = 0; b < ids.length; b++) {
      for (int t = 0; t < length; t++) {
        flat[b * length + t] = ids[b][t + offset];
      }
    }
    return flat;
  }
}
