package dev.paceline.models;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 and SHA-1 as lower-case hexadecimal. */
public final class Digests {
  private Digests() {}

  /** SHA-256 of a file. */
  public static String sha256(Path file) throws IOException {
    MessageDigest digest = algorithm("SHA-256");
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 18];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return hex(digest);
  }

  /** SHA-256 of a text's UTF-8 bytes. */
  public static String sha256(String text) {
    MessageDigest digest = algorithm("SHA-256");
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return hex(digest);
  }

  /**
   * A digest that every Java runtime has.
   *
   * @param name {@code SHA-256} or {@code SHA-1}
   */
  public static MessageDigest algorithm(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Completes a digest. */
  public static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
