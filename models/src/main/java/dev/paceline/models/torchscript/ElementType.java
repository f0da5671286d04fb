package dev.paceline.models.torchscript;

/** Element types of tensors in an archive. */
public enum ElementType {
  FLOAT("FloatStorage", 4, 6),
  HALF("HalfStorage", 2, 5),
  BFLOAT16("BFloat16Storage", 2, 15),
  INT8("CharStorage", 1, 1),
  UINT8("ByteStorage", 1, 0),
  INT32("IntStorage", 4, 3),
  INT64("LongStorage", 8, 4),
  DOUBLE("DoubleStorage", 8, 7);

  private final String storage;
  private final int bytes;
  private final int code;

  ElementType(String storage, int bytes, int code) {
    this.storage = storage;
    this.bytes = bytes;
    this.code = code;
  }

  /** The class in the module {@code torch} that a pickle names. */
  String storage() {
    return storage;
  }

  /** Bytes per element. */
  public int bytes() {
    return bytes;
  }

  /** PyTorch's scalar type, as programs write it. */
  public Expr code() {
    return Expr.of(code);
  }
}
