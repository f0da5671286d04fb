package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.ConfigWriter;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import dev.paceline.models.train.FlatLayout.Kind;
import dev.paceline.models.train.FlatLayout.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/** Flat weights: fresh, from a checkpoint, and to a folder in HuggingFace's layout. */
final class Weights {
  private Weights() {}

  /** GPT-2's initialisation: deviation 0.02, residual projections 0.02 / √(2L), positions 0.01. */
  static float[] fresh(FlatLayout layout, long seed) {
    float[] flat = new float[Math.toIntExact(layout.size())];
    SplittableRandom random = new SplittableRandom(seed);
    double residual = 0.02 / Math.sqrt(2.0 * layout.config().layers());
    for (Kind kind : Kind.values()) {
      for (Part part : layout.parts(kind)) {
        double deviation =
            switch (part.name()) {
              case "wpe" -> 0.01;
              case "proj_w", "out_w" -> residual;
              default -> 0.02;
            };
        boolean one = part.name().startsWith("ln") && part.name().endsWith("_w");
        for (int i = (int) part.start(); i < part.start() + part.size(); i++) {
          flat[i] = kind != Kind.VECTOR ? (float) (deviation * random.nextGaussian()) : one ? 1 : 0;
        }
      }
    }
    return flat;
  }

  /** A checkpoint's weights; an untied head is refused. */
  static float[] of(Gpt2Checkpoint checkpoint, FlatLayout layout) {
    if (!checkpoint.tied()) {
      throw new UserError(
          checkpoint.directory() + " has an lm_head of its own, which cannot be trained");
    }
    return body(checkpoint, layout);
  }

  /** A checkpoint's weights but for a head of its own. */
  static float[] body(Gpt2Checkpoint checkpoint, FlatLayout layout) {
    float[] flat = new float[Math.toIntExact(layout.size())];
    layout
        .offsets()
        .forEach(
            (name, at) -> {
              float[] values = checkpoint.tensor(name).toFloats();
              System.arraycopy(values, 0, flat, (int) (long) at, values.length);
            });
    return flat;
  }

  /** A checkpoint's own head [V·D], or nothing if it is the embedding. */
  static float[] head(Gpt2Checkpoint checkpoint) {
    return checkpoint.tied() ? new float[0] : checkpoint.tensor("lm_head.weight").toFloats();
  }

  /**
   * Writes {@code config.json} and {@code model.safetensors}, replacing older ones.
   *
   * @param dtype F32 or F16
   */
  static void write(float[] flat, FlatLayout layout, DType dtype, Path folder) throws IOException {
    Gpt2Config config = layout.config();
    Files.createDirectories(folder);
    ConfigWriter.write(
        config, dtype == DType.F16 ? "float16" : "float32", folder.resolve("config.json"));
    Path file = folder.resolve("model.safetensors");
    Path temporary = folder.resolve("model.safetensors.tmp");
    Files.deleteIfExists(temporary);
    Map<String, long[]> shapes = config.shapes();
    List<Spec> specs =
        shapes.entrySet().stream()
            .map(e -> Spec.of("transformer." + e.getKey(), dtype, e.getValue()))
            .toList();
    Map<String, Long> offsets = layout.offsets();
    try (SafetensorsWriter writer =
        SafetensorsWriter.create(temporary, specs, Map.of("format", "pt"))) {
      int next = 0;
      for (String name : shapes.keySet()) {
        long at = Objects.requireNonNull(offsets.get(name), name);
        writer.writeFloats(flat, (int) at, (int) specs.get(next++).elements());
      }
    }
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Copies the tokenizer's files into a model's folder. */
  static void copyTokenizer(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String name :
        List.of("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")) {
      if (Files.exists(from.resolve(name))) {
        Files.copy(from.resolve(name), to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }
}
