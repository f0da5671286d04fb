package dev.paceline.models.registry;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The models inside the jar. On first use a model is unpacked into the cache; at each use its files
 * are checked against the digests that the jar lists (tens of milliseconds) and unpacked again if
 * they differ. What comes out is a folder like any other.
 */
final class BuiltinModels {
  static final List<String> IDS = List.of("paceline-nano-draft", "paceline-nano-target");
  private static final String ROOT = "/dev/paceline/models/builtin/";
  private static final String TOKENIZER = "tokenizer.json";
  private static final String DIGESTS = "SHA256SUMS";

  private final CacheDirectory cache;

  BuiltinModels(CacheDirectory cache) {
    this.cache = cache;
  }

  /**
   * The folder of a model.
   *
   * @param id one of {@link #IDS}
   * @throws UserError if the cache cannot be written
   */
  synchronized Path directory(String id) {
    try {
      Map<String, String> digests = digests();
      String version = Digests.sha256(digests.toString()).substring(0, 12);
      Path directory = cache.resolve("builtin", id + "-" + version);
      if (Files.isDirectory(directory) && !intact(id, digests, directory)) {
        CacheDirectory.deleteTree(directory);
      }
      return cache.obtain(directory, path -> unpack(id, digests, path));
    } catch (IOException e) {
      throw new UserError(
          "cannot unpack the built-in model " + id + ": " + CacheDirectory.reason(e), e);
    }
  }

  private static void unpack(String id, Map<String, String> digests, Path directory)
      throws IOException {
    Files.createDirectories(directory);
    for (Map.Entry<String, String> file : files(id).entrySet()) {
      try (InputStream in = resource(file.getValue())) {
        Files.copy(in, directory.resolve(file.getKey()));
      }
    }
    if (!intact(id, digests, directory)) {
      throw new IOException("its files do not have the digests that the jar lists");
    }
  }

  private static boolean intact(String id, Map<String, String> digests, Path directory)
      throws IOException {
    for (Map.Entry<String, String> file : files(id).entrySet()) {
      Path path = directory.resolve(file.getKey());
      if (!Files.isRegularFile(path)
          || !Digests.sha256(path).equals(digests.get(file.getValue()))) {
        return false;
      }
    }
    return true;
  }

  /** File name → resource; the models share one tokenizer. */
  private static Map<String, String> files(String id) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("config.json", id + "/config.json");
    files.put("model.safetensors", id + "/model.safetensors");
    files.put(TOKENIZER, TOKENIZER);
    return files;
  }

  private static Map<String, String> digests() throws IOException {
    Map<String, String> digests = new LinkedHashMap<>();
    try (InputStream in = resource(DIGESTS)) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      text.lines().forEach(line -> digests.put(line.substring(66), line.substring(0, 64)));
    }
    return digests;
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = BuiltinModels.class.getResourceAsStream(ROOT + name);
    if (in == null) {
      throw new FileNotFoundException(name + " is missing from the jar");
    }
    return in;
  }
}
