package dev.paceline.models.safetensors;

import java.util.Arrays;
import java.util.Optional;

/** Element types, by the names they have in the file. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** True for the four types that {@link WeightTensor#readFloats} takes. */
  public boolean floating() {
    return this == F64 || this == F32 || this == F16 || this == BF16;
  }

  static Optional<DType> named(String name) {
    return Arrays.stream(values()).filter(d -> d.name().equals(name)).findFirst();
  }
}
