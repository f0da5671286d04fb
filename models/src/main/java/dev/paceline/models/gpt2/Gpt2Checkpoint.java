package dev.paceline.models.gpt2;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.safetensors.WeightTensor;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A GPT-2 checkpoint, checked against its configuration: every expected tensor is there, with the
 * expected shape and a floating-point type. The names are HuggingFace's without the prefix {@code
 * transformer.}; see {@link Gpt2Config#shapes()}. Thread-safe.
 */
public final class Gpt2Checkpoint implements AutoCloseable {
  private static final String HEAD = "lm_head.weight";
  private static final String EMBEDDING = "wte.weight";
  private static final Pattern LAYER = Pattern.compile("h\\.(\\d+)\\..*");

  private final Path directory;
  private final Gpt2Config config;
  private final WeightFiles files;
  private final Map<String, WeightTensor> tensors;
  private final CacheDirectory cache;
  private @Nullable String digest;

  private Gpt2Checkpoint(
      Path directory,
      Gpt2Config config,
      WeightFiles files,
      Map<String, WeightTensor> tensors,
      CacheDirectory cache) {
    this.directory = directory;
    this.config = config;
    this.files = files;
    this.tensors = Collections.unmodifiableMap(tensors);
    this.cache = cache;
  }

  /**
   * Opens a folder, with the standard cache for its digest.
   *
   * @throws UserError if something is missing or wrong; the sentence names the file, the tensor or
   *     the key, and the value
   */
  public static Gpt2Checkpoint open(Path directory) {
    return open(directory, CacheDirectory.standard());
  }

  /**
   * Opens a folder.
   *
   * @param cache remembers the digest of large files
   * @throws UserError as {@link #open(Path)}
   */
  public static Gpt2Checkpoint open(Path directory, CacheDirectory cache) {
    if (!Files.isDirectory(directory)) {
      throw new UserError(directory + " is not a folder with a model");
    }
    Gpt2Config config = Gpt2Config.read(directory.resolve("config.json"));
    WeightFiles files = WeightFiles.open(directory);
    boolean opened = false;
    try {
      Map<String, WeightTensor> tensors = check(directory, config, files.tensors());
      opened = true;
      return new Gpt2Checkpoint(directory, config, files, tensors, cache);
    } finally {
      if (!opened) {
        files.close();
      }
    }
  }

  /** The folder that was opened. */
  public Path directory() {
    return directory;
  }

  /** The shape. */
  public Gpt2Config config() {
    return config;
  }

  /** True if the head's weight is {@code wte.weight}; then there is no {@code lm_head.weight}. */
  public boolean tied() {
    return !tensors.containsKey(HEAD);
  }

  /** All weights by canonical name, in the order of {@link Gpt2Config#shapes()}. */
  public Map<String, WeightTensor> tensors() {
    return tensors;
  }

  /**
   * A weight by its canonical name, e.g. {@code h.0.attn.c_attn.weight} [D, 3D].
   *
   * @throws IllegalArgumentException if a GPT-2 of this shape has no such weight
   */
  public WeightTensor tensor(String canonicalName) {
    WeightTensor tensor = tensors.get(canonicalName);
    if (tensor == null) {
      throw new IllegalArgumentException("no weight '" + canonicalName + "' in " + directory);
    }
    return tensor;
  }

  /**
   * SHA-256 of the weight files in hexadecimal: of the file itself, or of the lines {@code
   * name:digest} if there are several. It does not cover {@code config.json}. Hashes at most once
   * per version of a file: blobs of the hub's cache are named by their digest, others are
   * remembered by path, size and time of modification.
   *
   * @throws UserError if a file cannot be read
   */
  public synchronized String digest() {
    if (digest == null) {
      digest = WeightDigest.of(files.paths(), cache);
    }
    return digest;
  }

  /** Closes the files. */
  @Override
  public void close() {
    files.close();
  }

  private static Map<String, WeightTensor> check(
      Path directory, Gpt2Config config, Map<String, WeightTensor> found) {
    Map<String, WeightTensor> tensors = new LinkedHashMap<>();
    config
        .shapes()
        .forEach((name, shape) -> tensors.put(name, expect(directory, found, name, shape)));
    for (String name : found.keySet()) {
      Matcher layer = LAYER.matcher(name);
      if (layer.matches()
          && (layer.group(1).length() > 4 || Integer.parseInt(layer.group(1)) >= config.layers())) {
        throw new UserError(
            found.get(name)
                + " belongs to a layer that config.json does not have: n_layer is "
                + config.layers());
      }
    }
    if (found.containsKey(HEAD)) {
      WeightTensor head =
          expect(directory, found, HEAD, new long[] {config.vocabSize(), config.width()});
      if (!same(head, expect(directory, found, EMBEDDING, head.shape()))) {
        tensors.put(HEAD, head);
      }
    }
    return tensors;
  }

  private static WeightTensor expect(
      Path directory, Map<String, WeightTensor> found, String name, long[] shape) {
    WeightTensor tensor = found.get(name);
    if (tensor == null) {
      throw new UserError(
          directory
              + " has no tensor '"
              + name
              + "' "
              + Arrays.toString(shape)
              + " which its config.json calls for");
    }
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw new UserError(
          tensor
              + " does not have the shape "
              + Arrays.toString(shape)
              + " that config.json calls for");
    }
    if (!tensor.dtype().floating()) {
      throw new UserError(
          tensor + " holds " + tensor.dtype() + " where floating-point numbers belong");
    }
    return tensor;
  }

  /** Some checkpoints store the tied head a second time. */
  private static boolean same(WeightTensor a, WeightTensor b) {
    if (a.dtype() != b.dtype() || a.byteSize() > Integer.MAX_VALUE) {
      return false;
    }
    ByteBuffer left = a.bytes();
    ByteBuffer right = b.bytes();
    return left.mismatch(right) < 0;
  }
}
