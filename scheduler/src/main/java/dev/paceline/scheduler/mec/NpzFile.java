package dev.paceline.scheduler.mec;

import dev.paceline.common.UserError;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/** A .npz file: a ZIP archive of named NumPy arrays. */
public final class NpzFile {
  /** An archive of a few bytes may unpack to more than memory holds. */
  private static final int MAX_ENTRY_BYTES = 1 << 28;

  private NpzFile() {}

  /**
   * Reads every array of a file.
   *
   * @throws UserError in one sentence, if the file is unreadable or holds other arrays than {@link
   *     NpyArray} takes
   */
  public static Map<String, NpyArray> read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return read(file.toString(), in);
    } catch (NoSuchFileException e) {
      throw new UserError("cannot read " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads every array of a stream.
   *
   * @param name what messages call it
   */
  public static Map<String, NpyArray> read(String name, InputStream in) throws IOException {
    Map<String, NpyArray> arrays = new HashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(in))) {
      for (@Nullable ZipEntry entry = zip.getNextEntry();
          entry != null;
          entry = zip.getNextEntry()) {
        if (!entry.getName().endsWith(".npy")) {
          continue;
        }
        String array = entry.getName().substring(0, entry.getName().length() - 4);
        byte[] bytes = zip.readNBytes(MAX_ENTRY_BYTES + 1);
        if (bytes.length > MAX_ENTRY_BYTES) {
          throw new UserError(name + ": array " + array + " is larger than 256 MiB");
        }
        try {
          arrays.put(array, NpyArray.parse(bytes));
        } catch (IOException e) {
          throw new UserError(name + ": array " + array + ": " + e.getMessage(), e);
        }
      }
    } catch (IllegalArgumentException e) {
      // The reader's answer to names that are no text.
      throw new UserError(name + " is a damaged .npz file: " + e.getMessage(), e);
    }
    if (arrays.isEmpty()) {
      throw new UserError(name + " is no .npz file with NumPy arrays");
    }
    return arrays;
  }

  /** Writes arrays as 4-byte floats, in the map's order. */
  public static void write(Path file, Map<String, NpyArray> arrays) throws IOException {
    try (OutputStream out = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (Map.Entry<String, NpyArray> array : arrays.entrySet()) {
        ZipEntry entry = new ZipEntry(array.getKey() + ".npy");
        entry.setTime(0);
        zip.putNextEntry(entry);
        zip.write(array.getValue().floatBytes());
      }
    }
  }
}
