package dev.paceline.models.safetensors;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A safetensors file, opened for reading. Nothing in the file is trusted: the header's length, its
 * JSON, and every tensor's name, type, shape and place are checked before a byte of data is read.
 * Tensors are mapped into memory one by one on first use, so that files larger than 2 GiB and
 * larger than the heap are fine.
 *
 * <p>Thread-safe. Buffers that were handed out stay valid after {@link #close()}. A file that
 * another program truncates while it is open makes later reads fail with {@link InternalError}, as
 * with any mapped file.
 */
public final class Safetensors implements AutoCloseable {
  /** The longest header that is accepted, in bytes; the limit of the reference implementation. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  private final Path path;
  private final FileChannel channel;
  private final Map<String, WeightTensor> tensors;
  private final Map<String, String> metadata;

  private Safetensors(
      Path path,
      FileChannel channel,
      Map<String, WeightTensor> tensors,
      Map<String, String> metadata) {
    this.path = path;
    this.channel = channel;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.metadata = Collections.unmodifiableMap(metadata);
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws UserError if the file is missing, unreadable or not a valid safetensors file; the
   *     sentence names the file, the tensor and the value
   */
  public static Safetensors open(Path path) {
    if (Files.isDirectory(path)) {
      throw new UserError(path + " is a folder, not a safetensors file");
    }
    FileChannel channel = null;
    boolean opened = false;
    try {
      channel = FileChannel.open(path, StandardOpenOption.READ);
      Safetensors result = read(path, channel);
      opened = true;
      return result;
    } catch (IOException e) {
      throw new UserError("cannot read " + path + ": " + CacheDirectory.reason(e), e);
    } finally {
      if (channel != null && !opened) {
        closeQuietly(channel);
      }
    }
  }

  private static Safetensors read(Path path, FileChannel channel) throws IOException {
    String file = path.toString();
    long size = channel.size();
    if (size < Long.BYTES) {
      throw new UserError(file + " has " + size + " bytes, too few for a safetensors file");
    }
    ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    while (length.hasRemaining()) {
      if (channel.read(length, length.position()) < 0) {
        throw new EOFException("unexpected end of file");
      }
    }
    long headerBytes = length.flip().getLong();
    if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
      throw new UserError(
          file
              + " announces a header of "
              + Long.toUnsignedString(headerBytes)
              + " bytes, more than the "
              + MAX_HEADER_BYTES
              + " allowed: it is not a safetensors file");
    }
    long dataStart = Long.BYTES + headerBytes;
    if (dataStart > size) {
      throw new UserError(
          file
              + " announces a header of "
              + headerBytes
              + " bytes but has only "
              + size
              + " bytes: is it truncated?");
    }
    channel.position(Long.BYTES);
    InputStream in = new Bounded(Channels.newInputStream(channel), headerBytes);
    HeaderReader.Header header = HeaderReader.read(file, in);
    Layout.check(file, header.tensors().values(), size - dataStart);
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    for (TensorInfo info : header.tensors().values()) {
      tensors.put(info.name(), new WeightTensor(path, channel, dataStart + info.begin(), info));
    }
    return new Safetensors(path, channel, tensors, header.metadata());
  }

  /** The file. */
  public Path path() {
    return path;
  }

  /** Names in the order of the header. */
  public Set<String> names() {
    return tensors.keySet();
  }

  /** The tensors by name, in the order of the header. */
  public Map<String, WeightTensor> tensors() {
    return tensors;
  }

  /** The strings of {@code __metadata__}; empty if there are none. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * A tensor by its name.
   *
   * @throws UserError if the file does not have it
   */
  public WeightTensor tensor(String name) {
    WeightTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new UserError(path + " has no tensor '" + name + "'");
    }
    return tensor;
  }

  /** Closes the file; a tensor that was not read before cannot be read any more. */
  @Override
  public void close() {
    closeQuietly(channel);
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // A channel that was only read from has nothing to lose.
    }
  }

  /** The first n bytes of a stream, which it does not close. */
  private static final class Bounded extends FilterInputStream {
    private long left;

    Bounded(InputStream in, long limit) {
      super(in);
      this.left = limit;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      if (left == 0) {
        return -1;
      }
      int n = super.read(b, off, (int) Math.min(len, left));
      left -= Math.max(n, 0);
      return n;
    }

    @Override
    public void close() {
      // The channel stays open: tensors are mapped through it.
    }
  }
}
