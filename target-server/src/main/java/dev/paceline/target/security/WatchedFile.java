package dev.paceline.target.security;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/** A small file that may change under a running server. Not thread-safe. */
final class WatchedFile {
  /** Nobody's certificate chain or token list is longer; a wrong path might be. */
  private static final long LARGEST = 1 << 20;

  private final Path path;
  private byte[] accepted = new byte[0];

  WatchedFile(Path path) {
    this.path = path;
  }

  /**
   * Reads the file.
   *
   * @throws UserError if it cannot be read
   */
  byte[] read() {
    try {
      if (Files.size(path) > LARGEST) {
        throw new UserError(path + " is larger than " + LARGEST + " bytes");
      }
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw new UserError("cannot read " + path, e);
    }
  }

  /** Whether these contents differ from the accepted ones. */
  boolean differs(byte[] contents) {
    return !MessageDigest.isEqual(Digests.sha256(contents), accepted);
  }

  /** Remembers contents (their digest) as the ones in force. */
  void accept(byte[] contents) {
    accepted = Digests.sha256(contents);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
