package dev.paceline.models.safetensors;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One tensor of a {@link Safetensors} file: row-major, little-endian, mapped into memory on first
 * use. Thread-safe.
 */
public final class WeightTensor {
  /** Bytes per mapping; a multiple of every element size. */
  private static final long WINDOW = 1L << 30;

  private static final int CHUNK = 8192;

  private final Path file;
  private final FileChannel channel;
  private final long start;
  private final TensorInfo info;
  private final long[] shape;
  private final long elements;
  private final @Nullable ByteBuffer[] windows;

  WeightTensor(Path file, FileChannel channel, long start, TensorInfo info) {
    this.file = file;
    this.channel = channel;
    this.start = start;
    this.info = info;
    this.shape = info.shape().stream().mapToLong(Long::longValue).toArray();
    this.elements = byteSize() / info.dtype().bytes();
    this.windows = new @Nullable ByteBuffer[Math.toIntExact((byteSize() + WINDOW - 1) / WINDOW)];
  }

  /** The name in the file. */
  public String name() {
    return info.name();
  }

  /** The element type. */
  public DType dtype() {
    return info.dtype();
  }

  /** The dimensions, outermost first; empty for a scalar. A fresh array. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public long elements() {
    return elements;
  }

  /** Size in bytes. */
  public long byteSize() {
    return info.end() - info.begin();
  }

  /**
   * Reads elements as floats. F16 and BF16 convert exactly, F64 rounds.
   *
   * @param from first element, in row-major order
   * @param dst receives the values
   * @param offset where in {@code dst}
   * @param count how many
   * @throws IndexOutOfBoundsException if the tensor or {@code dst} is too short
   * @throws UserError if the element type is not a floating-point one
   */
  public void readFloats(long from, float[] dst, int offset, int count) {
    Objects.checkFromIndexSize(from, count, elements);
    Objects.checkFromIndexSize(offset, count, dst.length);
    if (!dtype().floating()) {
      throw new UserError(this + " holds " + dtype() + " where floating-point numbers belong");
    }
    forEachWindow(from, count, (bytes, done, n) -> decode(bytes, dst, offset + done, n));
  }

  /**
   * Reads elements as longs.
   *
   * @param from first element, in row-major order
   * @throws IndexOutOfBoundsException if the tensor or {@code dst} is too short
   * @throws UserError if the element type is a floating-point one
   */
  public void readLongs(long from, long[] dst, int offset, int count) {
    Objects.checkFromIndexSize(from, count, elements);
    Objects.checkFromIndexSize(offset, count, dst.length);
    if (dtype().floating()) {
      throw new UserError(this + " holds " + dtype() + " where whole numbers belong");
    }
    forEachWindow(
        from,
        count,
        (bytes, done, n) -> {
          for (int i = 0; i < n; i++) {
            dst[offset + done + i] = whole(bytes);
          }
        });
  }

  /**
   * All elements as floats.
   *
   * @throws UserError if the element type is not a floating-point one or there are 2^31 or more
   */
  public float[] toFloats() {
    float[] all = new float[arrayLength()];
    readFloats(0, all, 0, all.length);
    return all;
  }

  /**
   * All elements as longs.
   *
   * @throws UserError if the element type is a floating-point one or there are 2^31 or more
   */
  public long[] toLongs() {
    long[] all = new long[arrayLength()];
    readLongs(0, all, 0, all.length);
    return all;
  }

  /**
   * The bytes as they are in the file: a read-only little-endian view of its own, position 0.
   *
   * @throws UserError if the tensor has 2 GiB or more
   */
  public ByteBuffer bytes() {
    if (byteSize() > Integer.MAX_VALUE) {
      throw new UserError(this + " has " + byteSize() + " bytes, more than one buffer can hold");
    }
    if (windows.length == 0) {
      return ByteBuffer.allocate(0).asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }
    return windows.length == 1 ? window(0) : map(start, byteSize());
  }

  @Override
  public String toString() {
    return file + ": tensor '" + HeaderReader.printable(name()) + "' " + Arrays.toString(shape);
  }

  private int arrayLength() {
    if (elements > Integer.MAX_VALUE - 8) {
      throw new UserError(this + " has too many elements for an array");
    }
    return (int) elements;
  }

  private interface WindowReader {
    /** Takes {@code count} elements from the buffer's position, after {@code done} earlier ones. */
    void read(ByteBuffer bytes, int done, int count);
  }

  private void forEachWindow(long from, int count, WindowReader reader) {
    int size = dtype().bytes();
    int done = 0;
    while (done < count) {
      long at = (from + done) * size;
      ByteBuffer window = window((int) (at / WINDOW));
      window.position((int) (at % WINDOW));
      int n = Math.min(count - done, window.remaining() / size);
      reader.read(window, done, n);
      done += n;
    }
  }

  private void decode(ByteBuffer bytes, float[] dst, int offset, int count) {
    switch (dtype()) {
      case F32 -> bytes.asFloatBuffer().get(dst, offset, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          dst[offset + i] = (float) bytes.getDouble();
        }
      }
      case F16, BF16 -> {
        ShortBuffer shorts = bytes.asShortBuffer();
        short[] chunk = new short[Math.min(CHUNK, count)];
        for (int done = 0; done < count; done += CHUNK) {
          int n = Math.min(CHUNK, count - done);
          shorts.get(chunk, 0, n);
          if (dtype() == DType.F16) {
            fromHalf(chunk, dst, offset + done, n);
          } else {
            fromBfloat16(chunk, dst, offset + done, n);
          }
        }
      }
      default -> throw new IllegalStateException(dtype().name());
    }
  }

  private static void fromHalf(short[] src, float[] dst, int offset, int count) {
    for (int i = 0; i < count; i++) {
      dst[offset + i] = HalfFloats.halfToFloat(src[i]);
    }
  }

  private static void fromBfloat16(short[] src, float[] dst, int offset, int count) {
    for (int i = 0; i < count; i++) {
      dst[offset + i] = HalfFloats.bfloat16ToFloat(src[i]);
    }
  }

  private long whole(ByteBuffer bytes) {
    return switch (dtype()) {
      case I64 -> bytes.getLong();
      case I32 -> bytes.getInt();
      case I16 -> bytes.getShort();
      case I8 -> bytes.get();
      case U8, BOOL -> bytes.get() & 0xFF;
      default -> throw new IllegalStateException(dtype().name());
    };
  }

  private ByteBuffer window(int index) {
    ByteBuffer window;
    synchronized (windows) {
      window = windows[index];
      if (window == null) {
        long at = index * WINDOW;
        window = map(start + at, Math.min(WINDOW, byteSize() - at));
        windows[index] = window;
      }
    }
    return window.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private ByteBuffer map(long at, long length) {
    try {
      return channel.map(FileChannel.MapMode.READ_ONLY, at, length).order(ByteOrder.LITTLE_ENDIAN);
    } catch (IOException e) {
      throw new UserError("cannot read " + this + ": " + CacheDirectory.reason(e), e);
    }
  }
}
