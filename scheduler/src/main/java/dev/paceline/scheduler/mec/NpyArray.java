package dev.paceline.scheduler.mec;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real-valued NumPy array, read from the .npy format (versions 1 to 3): little-endian 4- or
 * 8-byte floats in C order. Pickled objects are never read.
 *
 * @param shape sizes, empty for a scalar
 * @param values in C order
 */
public record NpyArray(int[] shape, double[] values) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern TYPE = Pattern.compile("'descr':\\s*'([^']{1,16})'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order':\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");
  private static final long MAX_VALUES = 1L << 28;

  /**
   * @throws IOException with what is wrong, if the bytes are not such an array
   */
  static NpyArray parse(byte[] bytes) throws IOException {
    try {
      return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    } catch (BufferUnderflowException e) {
      throw new IOException("it ends early", e);
    }
  }

  /** This array in the .npy format, version 1, 4-byte floats. */
  byte[] floatBytes() {
    String sizes =
        Arrays.toString(shape).replace("[", "(").replace("]", shape.length == 1 ? ",)" : ")");
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + sizes + ", }";
    header += " ".repeat(63 - (MAGIC.length + 4 + header.length()) % 64) + "\n";
    ByteBuffer out =
        ByteBuffer.allocate(MAGIC.length + 4 + header.length() + 4 * values.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) header.length());
    out.put(header.getBytes(StandardCharsets.ISO_8859_1));
    for (double value : values) {
      out.putFloat((float) value);
    }
    return out.array();
  }

  private static NpyArray parse(ByteBuffer in) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    in.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("it is no NumPy array");
    }
    int version = in.get();
    in.get();
    if (version < 1 || version > 3) {
      throw new IOException("its format version " + version + " is unknown");
    }
    int length = version == 1 ? Short.toUnsignedInt(in.getShort()) : in.getInt();
    if (length < 0 || length > in.remaining()) {
      throw new IOException("it ends early");
    }
    byte[] text = new byte[length];
    in.get(text);
    String header = new String(text, StandardCharsets.ISO_8859_1);
    String type = field(TYPE, header, "type");
    if (!type.equals("<f4") && !type.equals("<f8")) {
      throw new IOException("its type is " + type + ", not <f4 or <f8");
    }
    if (field(ORDER, header, "order").equals("True")) {
      throw new IOException("it is in Fortran order, not in C order");
    }
    int[] shape = shape(field(SHAPE, header, "shape"));
    return new NpyArray(shape, values(in, type, shape));
  }

  private static double[] values(ByteBuffer in, String type, int[] shape) throws IOException {
    long count = 1;
    for (int size : shape) {
      count *= size;
      if (count > MAX_VALUES) {
        throw new IOException("its shape " + Arrays.toString(shape) + " is too large");
      }
    }
    int width = type.equals("<f4") ? 4 : 8;
    if (in.remaining() != count * width) {
      throw new IOException(
          "it holds " + in.remaining() + " bytes, not the " + count * width + " of its shape");
    }
    double[] values = new double[(int) count];
    for (int k = 0; k < values.length; k++) {
      values[k] = width == 4 ? in.getFloat() : in.getDouble();
    }
    return values;
  }

  private static String field(Pattern pattern, String header, String name) throws IOException {
    Matcher matcher = pattern.matcher(header);
    if (!matcher.find()) {
      throw new IOException("its header has no readable " + name);
    }
    return matcher.group(1);
  }

  private static int[] shape(String text) throws IOException {
    try {
      return Arrays.stream(text.split(","))
          .map(String::trim)
          .filter(s -> !s.isEmpty())
          .mapToInt(Integer::parseInt)
          .toArray();
    } catch (NumberFormatException e) {
      throw new IOException("its shape (" + text + ") is not readable", e);
    }
  }
}
