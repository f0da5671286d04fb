package dev.paceline.models.gpt2;

import dev.paceline.common.UserError;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.WeightTensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The open weight files of a folder: {@code model.safetensors}, or the shards that an index names.
 */
final class WeightFiles implements AutoCloseable {
  static final String SINGLE = "model.safetensors";
  static final String INDEX = "model.safetensors.index.json";
  private static final String PREFIX = "transformer.";
  private static final Pattern BUFFER = Pattern.compile("h\\.\\d+\\.attn\\.(bias|masked_bias)");

  private final List<Safetensors> open = new ArrayList<>();
  private final Map<String, WeightTensor> canonical = new LinkedHashMap<>();

  private WeightFiles() {}

  /**
   * @throws UserError if files are missing or invalid
   */
  static WeightFiles open(Path directory) {
    WeightFiles files = new WeightFiles();
    boolean opened = false;
    try {
      if (Files.exists(directory.resolve(SINGLE))) {
        files.add(directory.resolve(SINGLE));
      } else if (Files.exists(directory.resolve(INDEX))) {
        files.addShards(directory.resolve(INDEX));
      } else {
        throw new UserError(directory + " has neither " + SINGLE + " nor " + INDEX);
      }
      opened = true;
      return files;
    } finally {
      if (!opened) {
        files.close();
      }
    }
  }

  /** All weights by their canonical names, without buffers that are no weights. */
  Map<String, WeightTensor> tensors() {
    return canonical;
  }

  /** The files in the order of their names. */
  List<Path> paths() {
    return open.stream().map(Safetensors::path).sorted().toList();
  }

  @Override
  public void close() {
    open.forEach(Safetensors::close);
  }

  private void addShards(Path path) {
    ShardIndex index = ShardIndex.read(path);
    Map<String, Safetensors> shards = new LinkedHashMap<>();
    for (String file : index.files()) {
      shards.put(file, add(path.resolveSibling(file)));
    }
    index
        .fileOfTensor()
        .forEach(
            (tensor, file) -> {
              if (!Objects.requireNonNull(shards.get(file)).names().contains(tensor)) {
                throw new UserError(
                    path.resolveSibling(file)
                        + " lacks tensor '"
                        + tensor
                        + "' that "
                        + path
                        + " places there");
              }
            });
  }

  private Safetensors add(Path file) {
    Safetensors tensors = Safetensors.open(file);
    open.add(tensors);
    for (WeightTensor tensor : tensors.tensors().values()) {
      String name = tensor.name();
      String plain = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
      if (BUFFER.matcher(plain).matches()) {
        continue;
      }
      WeightTensor other = canonical.put(plain, tensor);
      if (other != null) {
        throw new UserError(tensor + " and " + other + " are the same weight '" + plain + "'");
      }
    }
    return tensors;
  }
}
