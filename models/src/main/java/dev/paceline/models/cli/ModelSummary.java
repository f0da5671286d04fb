package dev.paceline.models.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.safetensors.WeightTensor;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What people want to know of a model at a glance.
 *
 * @param source where it is
 * @param config its shape
 * @param tied whether the head is the embedding
 * @param parameters number of weights, a separate head included
 * @param bytes size of the weights in the files
 * @param dtype element types in the files, e.g. {@code F16}
 */
record ModelSummary(
    ModelSource source,
    Gpt2Config config,
    boolean tied,
    long parameters,
    long bytes,
    String dtype) {

  /**
   * Opens a model and reads its headers.
   *
   * @throws UserError if it cannot be opened
   */
  static ModelSummary of(ModelSource source, CacheDirectory cache) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory(), cache)) {
      return of(source, checkpoint);
    }
  }

  static ModelSummary of(ModelSource source, Gpt2Checkpoint checkpoint) {
    long parameters = 0;
    long bytes = 0;
    TreeSet<String> types = new TreeSet<>();
    for (WeightTensor tensor : checkpoint.tensors().values()) {
      parameters += tensor.elements();
      bytes += tensor.byteSize();
      types.add(tensor.dtype().name());
    }
    return new ModelSummary(
        source,
        checkpoint.config(),
        checkpoint.tied(),
        parameters,
        bytes,
        types.stream().collect(Collectors.joining("+")));
  }

  ObjectNode json() {
    ObjectNode json = JsonFiles.mapper().createObjectNode();
    json.put("id", source.id());
    json.put("directory", source.directory().toString());
    json.put("layers", config.layers());
    json.put("width", config.width());
    json.put("heads", config.heads());
    json.put("inner_width", config.innerWidth());
    json.put("vocab_size", config.vocabSize());
    json.put("context_length", config.contextLength());
    json.put("activation", config.activation().name().toLowerCase(Locale.ROOT));
    json.put("tied", tied);
    json.put("dtype", dtype);
    json.put("parameters", parameters);
    json.put("bytes", bytes);
    return json;
  }

  /** E.g. {@code 48 × 1600 × 25}. */
  String shape() {
    return config.layers() + " × " + config.width() + " × " + config.heads();
  }

  /** E.g. {@code 124.4 M}. */
  String millions() {
    return String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
  }

  /** E.g. {@code 11.3 MiB}. */
  String size() {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }
}
