package dev.paceline.benchmarks.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * The physical limit of decoding one token: a matrix-vector product reads every weight once and
 * does almost nothing else, so the rate at which it reads is the most that a step can reach.
 * Measured in the run that quotes it.
 */
final class MatrixVector implements AutoCloseable {
  /**
   * Wide enough that one call takes milliseconds, and far larger than any cache of this machine.
   */
  private static final long ROWS = 32_768;

  private static final long COLUMNS = 2_048;

  private final NDManager manager;
  private final NDArray matrix;
  private final NDArray vector;

  MatrixVector(NDManager parent) {
    manager = parent.newSubManager();
    matrix = manager.ones(new Shape(ROWS, COLUMNS));
    vector = manager.ones(new Shape(COLUMNS));
  }

  /** Bytes per second of one product. */
  double bytesPerSecond() {
    long start = System.nanoTime();
    try (NDManager scope = manager.newSubManager()) {
      NDArray product = matrix.matMul(vector);
      product.attach(scope);
      // Reading one element waits for the product on devices that run behind the host.
      if (product.getFloat(0) != COLUMNS) {
        throw new IllegalStateException(
            "a matrix-vector product gave " + product.getFloat(0) + " instead of " + COLUMNS);
      }
    }
    return ROWS * COLUMNS * 4 / ((System.nanoTime() - start) * 1e-9);
  }

  @Override
  public void close() {
    manager.close();
  }
}
