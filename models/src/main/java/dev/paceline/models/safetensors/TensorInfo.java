package dev.paceline.models.safetensors;

import java.util.List;

/**
 * One entry of a header.
 *
 * @param name key in the header
 * @param dtype element type
 * @param shape dimensions, each ≥ 0; empty for a scalar
 * @param begin first byte, counted from the start of the data section
 * @param end one past the last byte
 */
record TensorInfo(String name, DType dtype, List<Long> shape, long begin, long end) {
  TensorInfo {
    shape = List.copyOf(shape);
  }
}
