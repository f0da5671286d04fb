package dev.paceline.models.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Writes a safetensors file front to back: the tensors are announced first, then their data follows
 * in the same order, in pieces of any size. Holds one small buffer, whatever the file's size. Not
 * thread-safe.
 */
public final class SafetensorsWriter implements AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 20;

  /**
   * A tensor to be written.
   *
   * @param name unique in the file
   * @param dtype element type in the file
   * @param shape dimensions, each ≥ 0; empty for a scalar
   */
  public record Spec(String name, DType dtype, List<Long> shape) {
    /** Checks the dimensions. */
    public Spec {
      shape = List.copyOf(shape);
      if (name.equals("__metadata__") || shape.stream().anyMatch(d -> d < 0)) {
        throw new IllegalArgumentException(name + " " + shape);
      }
    }

    /** A tensor of the given dimensions. */
    public static Spec of(String name, DType dtype, long... shape) {
      return new Spec(name, dtype, Arrays.stream(shape).boxed().toList());
    }

    /** Number of elements. */
    public long elements() {
      return shape.stream().reduce(1L, Math::multiplyExact);
    }

    /** Size of the data in bytes. */
    public long byteSize() {
      return Math.multiplyExact(elements(), dtype.bytes());
    }
  }

  private final FileChannel channel;
  private final List<Spec> specs;
  private final ByteBuffer buffer =
      ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private int current;
  private long bytesLeft;
  private boolean failed;

  private SafetensorsWriter(FileChannel channel, List<Spec> specs) {
    this.channel = channel;
    this.specs = specs;
    this.bytesLeft = specs.isEmpty() ? 0 : specs.get(0).byteSize();
    skipFinished();
  }

  /**
   * Creates or overwrites a file and writes its header.
   *
   * @param metadata becomes {@code __metadata__}; left out if empty
   * @throws IllegalArgumentException if two tensors share a name
   */
  public static SafetensorsWriter create(Path path, List<Spec> specs, Map<String, String> metadata)
      throws IOException {
    byte[] header = header(specs, metadata);
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    SafetensorsWriter writer = new SafetensorsWriter(channel, List.copyOf(specs));
    boolean written = false;
    try {
      writer.buffer.putLong(header.length);
      writer.put(ByteBuffer.wrap(header));
      written = true;
      return writer;
    } finally {
      if (!written) {
        channel.close();
      }
    }
  }

  /**
   * Appends elements to the current tensor, converted to its type (rounded to nearest even).
   *
   * @throws IllegalStateException if that is more than the tensor lacks, or its type is not F32,
   *     F16 or BF16
   */
  public void writeFloats(float[] src, int offset, int count) throws IOException {
    Objects.checkFromIndexSize(offset, count, src.length);
    DType dtype = claim((long) count * currentSize());
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalStateException("cannot write floats as " + dtype);
    }
    int done = 0;
    while (done < count) {
      if (buffer.remaining() < Float.BYTES) {
        flush();
      }
      int n = Math.min(count - done, buffer.remaining() / dtype.bytes());
      encode(dtype, src, offset + done, n);
      done += n;
    }
    skipFinished();
  }

  /**
   * Appends whole numbers to the current tensor.
   *
   * @throws IllegalStateException if that is more than the tensor lacks, or its type is not I64
   */
  public void writeLongs(long... src) throws IOException {
    DType dtype = claim((long) src.length * currentSize());
    if (dtype != DType.I64) {
      throw new IllegalStateException("cannot write longs as " + dtype);
    }
    for (long value : src) {
      if (buffer.remaining() < Long.BYTES) {
        flush();
      }
      buffer.putLong(value);
    }
    skipFinished();
  }

  /**
   * Appends bytes to the current tensor as they are.
   *
   * @throws IllegalStateException if that is more than the tensor lacks
   */
  public void writeBytes(ByteBuffer src) throws IOException {
    claim(src.remaining());
    put(src);
    skipFinished();
  }

  /**
   * Completes the file.
   *
   * @throws IllegalStateException if data is missing and no earlier write failed
   */
  @Override
  public void close() throws IOException {
    try (channel) {
      flush();
      if (current < specs.size() && !failed) {
        throw new IllegalStateException(
            bytesLeft + " bytes of '" + specs.get(current).name() + "' are missing");
      }
    }
  }

  private int currentSize() {
    return current < specs.size() ? specs.get(current).dtype().bytes() : 1;
  }

  private DType claim(long bytes) {
    if (current == specs.size() || bytes > bytesLeft) {
      failed = true;
      throw new IllegalStateException("more data than announced");
    }
    bytesLeft -= bytes;
    return specs.get(current).dtype();
  }

  private void skipFinished() {
    while (bytesLeft == 0 && current < specs.size()) {
      current++;
      bytesLeft = current < specs.size() ? specs.get(current).byteSize() : 0;
    }
  }

  private void encode(DType dtype, float[] src, int offset, int count) {
    int bytes = count * dtype.bytes();
    ByteBuffer target = buffer.slice(buffer.position(), bytes).order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> target.asFloatBuffer().put(src, offset, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target.putShort(2 * i, HalfFloats.floatToHalf(src[offset + i]));
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          target.putShort(2 * i, HalfFloats.floatToBfloat16(src[offset + i]));
        }
      }
    }
    buffer.position(buffer.position() + bytes);
  }

  private void put(ByteBuffer src) throws IOException {
    ByteBuffer rest = src.duplicate();
    while (rest.hasRemaining()) {
      if (!buffer.hasRemaining()) {
        flush();
      }
      int n = Math.min(rest.remaining(), buffer.remaining());
      buffer.put(rest.slice(rest.position(), n));
      rest.position(rest.position() + n);
    }
  }

  private void flush() throws IOException {
    buffer.flip();
    try {
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) < 0) {
          throw new IOException("cannot write");
        }
      }
    } catch (IOException e) {
      failed = true;
      throw e;
    } finally {
      buffer.clear();
    }
  }

  private static byte[] header(List<Spec> specs, Map<String, String> metadata) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Set<String> names = new HashSet<>();
    try (JsonGenerator json = new JsonFactory().createGenerator(bytes)) {
      json.writeStartObject();
      if (!metadata.isEmpty()) {
        json.writeObjectFieldStart("__metadata__");
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          json.writeStringField(entry.getKey(), entry.getValue());
        }
        json.writeEndObject();
      }
      long begin = 0;
      for (Spec spec : specs) {
        if (!names.add(spec.name())) {
          throw new IllegalArgumentException("two tensors are named '" + spec.name() + "'");
        }
        long end = Math.addExact(begin, spec.byteSize());
        json.writeObjectFieldStart(spec.name());
        json.writeStringField("dtype", spec.dtype().name());
        json.writeFieldName("shape");
        long[] shape = spec.shape().stream().mapToLong(Long::longValue).toArray();
        json.writeArray(shape, 0, shape.length);
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {begin, end}, 0, 2);
        json.writeEndObject();
        begin = end;
      }
      json.writeEndObject();
    }
    // Spaces after the object keep the data aligned to 8 bytes.
    while (bytes.size() % Long.BYTES != 0) {
      bytes.write(' ');
    }
    return bytes.toByteArray();
  }
}
