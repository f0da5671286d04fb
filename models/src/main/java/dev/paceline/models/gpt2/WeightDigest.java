package dev.paceline.models.gpt2;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** SHA-256 of weight files, without hashing gigabytes twice. */
final class WeightDigest {
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  private WeightDigest() {}

  static String of(List<Path> files, CacheDirectory cache) {
    if (files.size() == 1) {
      return of(files.get(0), cache);
    }
    StringBuilder lines = new StringBuilder();
    for (Path file : files) {
      lines.append(file.getFileName()).append(':').append(of(file, cache)).append('\n');
    }
    return Digests.sha256(lines.toString());
  }

  private static String of(Path file, CacheDirectory cache) {
    try {
      Path real = file.toRealPath();
      Path name = real.getFileName();
      Path parent = real.getParent();
      if (name != null
          && parent != null
          && parent.endsWith("blobs")
          && SHA256.matcher(name.toString()).matches()) {
        return name.toString();
      }
      String version = real + "\n" + Files.size(real) + "\n" + Files.getLastModifiedTime(real);
      Path remembered = cache.resolve("digests", Digests.sha256(version));
      if (Files.exists(remembered)) {
        String digest = Files.readString(remembered).strip();
        if (SHA256.matcher(digest).matches()) {
          return digest;
        }
      }
      String digest = Digests.sha256(real);
      cache.replace(remembered, path -> Files.writeString(path, digest + "\n"));
      return digest;
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + CacheDirectory.reason(e), e);
    }
  }
}
