package dev.paceline.models;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Where Paceline keeps what it can make again: compiled programs, unpacked built-in models,
 * digests. {@code $PACELINE_CACHE}, else {@code ~/.cache/paceline}. Safe for several processes: an
 * entry appears complete or not at all.
 *
 * @param root absolute; need not exist yet
 */
public record CacheDirectory(Path root) {
  /** The environment variable that names the folder. */
  public static final String VARIABLE = "PACELINE_CACHE";

  /** Writes an entry. */
  @FunctionalInterface
  public interface Filler {
    /**
     * @param path does not exist yet; becomes a file or a folder
     */
    void fill(Path path) throws IOException;
  }

  /** Makes the path absolute. */
  public CacheDirectory {
    root = root.toAbsolutePath().normalize();
  }

  /** The folder of this process's environment. */
  public static CacheDirectory standard() {
    return of(System.getenv());
  }

  /** The folder that an environment names. */
  public static CacheDirectory of(Map<String, String> environment) {
    String chosen = environment.get(VARIABLE);
    if (chosen != null && !chosen.isBlank()) {
      return new CacheDirectory(Path.of(chosen));
    }
    return new CacheDirectory(Path.of(System.getProperty("user.home", "."), ".cache", "paceline"));
  }

  /**
   * A path inside the cache, which need not exist.
   *
   * @throws IllegalArgumentException if it would lie outside
   */
  public Path resolve(String first, String... more) {
    Path path = root.resolve(Path.of(first, more)).normalize();
    if (!path.startsWith(root) || path.equals(root)) {
      throw new IllegalArgumentException(path + " is not inside the cache " + root);
    }
    return path;
  }

  /**
   * Returns an entry, making it first where it is missing. The filler writes beside the final place
   * and the result is moved there in one step; when two processes race, the first wins and both use
   * its entry.
   *
   * @param path as from {@link #resolve}
   * @throws UserError if the folder cannot be written
   */
  public Path obtain(Path path, Filler filler) {
    if (!Files.exists(path)) {
      replace(path, filler);
    }
    return path;
  }

  /**
   * Like {@link #obtain}, but writes a file afresh even if there is one. An existing folder is kept
   * as it is.
   *
   * @throws UserError if the folder cannot be written
   */
  public void replace(Path path, Filler filler) {
    Path parent = path.getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " has no parent");
    }
    Path temporary = parent.resolve(path.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      Files.createDirectories(parent);
      try {
        filler.fill(temporary);
        move(temporary, path);
      } finally {
        deleteTree(temporary);
      }
    } catch (IOException e) {
      throw new UserError(
          "cannot write "
              + path
              + " in the cache ("
              + VARIABLE
              + " names another folder): "
              + reason(e),
          e);
    }
  }

  /** Deletes a file or a folder with everything in it; nothing happens if it is missing. */
  public static void deleteTree(Path path) throws IOException {
    if (!Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** What went wrong with a file, in a few words and without the path. */
  public static String reason(IOException e) {
    if (e instanceof java.nio.file.NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof java.nio.file.AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileSystemException f && f.getReason() != null) {
      return f.getReason();
    }
    String message = e.getMessage();
    return message == null ? e.getClass().getSimpleName() : message;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    } catch (FileSystemException e) {
      if (!Files.isDirectory(to)) {
        throw e;
      }
    }
  }
}
