package dev.paceline.models.torchscript;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the few opcodes of pickle protocol 2 that a module needs. */
final class Pickle {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Pickle() {
    opcode(0x80);
    opcode(2);
  }

  byte[] finish() {
    opcode('.');
    return out.toByteArray();
  }

  /** An object of a class without constructor arguments; {@link #endObject} sets its attributes. */
  void beginObject(String module, String name) {
    global(module, name);
    opcode(')');
    opcode(0x81);
    opcode('}');
    opcode('(');
  }

  void endObject() {
    opcode('u');
    opcode('b');
  }

  void global(String module, String name) {
    opcode('c');
    ascii(module + "\n" + name + "\n");
  }

  void string(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    opcode('X');
    int32(bytes.length);
    out.writeBytes(bytes);
  }

  void number(long value) {
    if (value == (int) value) {
      opcode('J');
      int32((int) value);
    } else {
      opcode(0x8a);
      opcode(8);
      int32((int) value);
      int32((int) (value >>> 32));
    }
  }

  void bool(boolean value) {
    opcode(value ? 0x88 : 0x89);
  }

  void none() {
    opcode('N');
  }

  void emptyTuple() {
    opcode(')');
  }

  void beginTuple() {
    opcode('(');
  }

  void endTuple() {
    opcode('t');
  }

  void emptyList() {
    opcode(']');
  }

  /** Calls the function below the argument tuple. */
  void reduce() {
    opcode('R');
  }

  /** Resolves the tuple on top as a persistent id, that is, a storage. */
  void persistentId() {
    opcode('Q');
  }

  void numbers(long[] values) {
    beginTuple();
    for (long value : values) {
      number(value);
    }
    endTuple();
  }

  private void opcode(int value) {
    out.write(value);
  }

  private void ascii(String value) {
    out.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
  }

  private void int32(int value) {
    for (int shift = 0; shift < 32; shift += 8) {
      out.write(value >>> shift);
    }
  }
}
