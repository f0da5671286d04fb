package dev.paceline.models.torchscript;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A zip file of uncompressed entries whose data starts at multiples of 64 bytes, as PyTorch writes
 * them so that storages can be mapped. ZIP64 where sizes need it. Entries are streamed; the
 * checksum is filled in afterwards. {@code java.util.zip} can do neither.
 */
final class StoredZipWriter implements AutoCloseable {
  private static final long LIMIT = 0xFFFFFFFFL;
  private static final int ALIGNMENT = 64;
  private static final int PADDING_ID = 0x4246;
  private static final int DATE_1980 = 0x21;

  private record Entry(byte[] name, long offset, long size, int crc) {}

  private final FileChannel file;
  private final long limit;
  private final List<Entry> entries = new ArrayList<>();

  StoredZipWriter(Path path) throws IOException {
    this(path, LIMIT);
  }

  /**
   * @param limit sizes and offsets from here on are written as ZIP64; smaller in tests
   */
  StoredZipWriter(Path path, long limit) throws IOException {
    this.limit = limit;
    file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void entry(String name, byte[] data) throws IOException {
    entry(name, data.length, channel -> channel.write(ByteBuffer.wrap(data)));
  }

  /**
   * @param size bytes that {@code data} will write
   * @throws IOException also if it writes another number
   */
  void entry(String name, long size, TensorData data) throws IOException {
    byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
    long offset = file.position();
    write(localHeader(ascii, offset, size));
    CountingChannel counting = new CountingChannel(file);
    data.writeTo(counting);
    if (counting.count != size) {
      throw new IOException(name + " has " + counting.count + " bytes instead of " + size);
    }
    int crc = (int) counting.crc.getValue();
    file.write(buffer(4).putInt(crc).flip(), offset + 14);
    entries.add(new Entry(ascii, offset, size, crc));
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Writes the directory; without it the file is not a zip. */
  void finish() throws IOException {
    long start = file.position();
    for (Entry entry : entries) {
      write(centralHeader(entry));
    }
    long size = file.position() - start;
    long end = file.position();
    write(
        buffer(56 + 20 + 22)
            .putInt(0x06064b50)
            .putLong(44)
            .putShort((short) 45)
            .putShort((short) 45)
            .putInt(0)
            .putInt(0)
            .putLong(entries.size())
            .putLong(entries.size())
            .putLong(size)
            .putLong(start)
            .putInt(0x07064b50)
            .putInt(0)
            .putLong(end)
            .putInt(1)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) Math.min(entries.size(), 0xFFFF))
            .putShort((short) Math.min(entries.size(), 0xFFFF))
            .putInt(field(size))
            .putInt(field(start))
            .putShort((short) 0)
            .flip());
    file.force(false);
  }

  private ByteBuffer localHeader(byte[] name, long offset, long size) {
    boolean large = size >= limit;
    int fixed = 30 + name.length + (large ? 20 : 0);
    int padding = (int) Math.floorMod(-(offset + fixed + 4), (long) ALIGNMENT);
    ByteBuffer header = buffer(fixed + 4 + padding);
    header.putInt(0x04034b50).putShort((short) 45).putShort((short) 0).putShort((short) 0);
    header.putShort((short) 0).putShort((short) DATE_1980).putInt(0);
    header.putInt(field(size)).putInt(field(size));
    header.putShort((short) name.length).putShort((short) ((large ? 20 : 0) + 4 + padding));
    header.put(name);
    if (large) {
      header.putShort((short) 1).putShort((short) 16).putLong(size).putLong(size);
    }
    header.putShort((short) PADDING_ID).putShort((short) padding);
    while (header.hasRemaining()) {
      header.put((byte) 'Z');
    }
    return header.flip();
  }

  private ByteBuffer centralHeader(Entry entry) {
    boolean large = entry.size >= limit;
    boolean far = entry.offset >= limit;
    int extra = (large ? 16 : 0) + (far ? 8 : 0);
    ByteBuffer header = buffer(46 + entry.name.length + (extra == 0 ? 0 : extra + 4));
    header.putInt(0x02014b50).putShort((short) 45).putShort((short) 45).putShort((short) 0);
    header.putShort((short) 0).putShort((short) 0).putShort((short) DATE_1980).putInt(entry.crc);
    header.putInt(field(entry.size)).putInt(field(entry.size));
    header.putShort((short) entry.name.length).putShort((short) (extra == 0 ? 0 : extra + 4));
    header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    header.putInt(field(entry.offset)).put(entry.name);
    if (extra > 0) {
      header.putShort((short) 1).putShort((short) extra);
      if (large) {
        header.putLong(entry.size).putLong(entry.size);
      }
      if (far) {
        header.putLong(entry.offset);
      }
    }
    return header.flip();
  }

  private int field(long value) {
    return (int) (value >= limit ? LIMIT : value);
  }

  private void write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static final class CountingChannel implements WritableByteChannel {
    private final FileChannel target;
    private final CRC32 crc = new CRC32();
    private long count;

    CountingChannel(FileChannel target) {
      this.target = target;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      int length = source.remaining();
      crc.update(source.duplicate());
      while (source.hasRemaining()) {
        target.write(source);
      }
      count += length;
      return length;
    }

    @Override
    public boolean isOpen() {
      return target.isOpen();
    }

    @Override
    public void close() {}
  }
}
