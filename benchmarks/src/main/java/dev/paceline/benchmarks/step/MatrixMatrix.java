package dev.paceline.benchmarks.step;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;

/**
 * The other physical limit of a step: with many rows the weights are read once for all of them, and
 * arithmetic takes longer than reading. Measured as the rate of a square matrix-matrix product in
 * the run that quotes it, in half precision on CUDA if the model is, else in float32; a CPU with
 * 8-bit dot products may exceed it with an int8 model.
 */
final class MatrixMatrix implements AutoCloseable {
  private static final long CPU_SIZE = 1_024;

  /** A GPU is not busy with less. */
  private static final long GPU_SIZE = 8_192;

  private final NDManager manager;
  private final NDArray left;
  private final NDArray right;
  private final long size;

  MatrixMatrix(NDManager parent, boolean half) {
    manager = parent.newSubManager();
    boolean gpu = manager.getDevice().isGpu();
    size = gpu ? GPU_SIZE : CPU_SIZE;
    DataType type = gpu && half ? DataType.FLOAT16 : DataType.FLOAT32;
    // The product's elements must be exact in half precision: size * 2^-10.
    left = manager.ones(new Shape(size, size), type).div(1_024);
    right = manager.ones(new Shape(size, size), type);
  }

  /** Floating-point operations per second of one product. */
  double flopsPerSecond() {
    long start = System.nanoTime();
    try (NDManager scope = manager.newSubManager()) {
      NDArray product = left.matMul(right);
      product.attach(scope);
      // Reading one element waits for the product on devices that run behind the host.
      NDArray one = product.get("0, 0").toType(DataType.FLOAT32, true);
      one.attach(scope);
      float element = one.getFloat();
      if (element != size / 1_024f) {
        throw new IllegalStateException(
            "a matrix-matrix product gave " + element + " instead of " + size / 1_024f);
      }
    }
    return 2.0 * size * size * size / ((System.nanoTime() - start) * 1e-9);
  }

  @Override
  public void close() {
    manager.close();
  }
}
