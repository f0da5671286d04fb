package dev.paceline.models.lm;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.compile.Backend;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.ProgramSpec;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Models for tests: the golden checkpoints, and random ones of any shape. */
final class TestModels {
  private TestModels() {}

  /** A folder of the test resources. */
  static Path golden(String name) {
    try {
      return Path.of(TestModels.class.getResource("/golden/" + name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Four slots and one thread, because threads that wait for each other crawl on a busy machine.
   */
  static LoadOptions options(Precision precision) {
    return LoadOptions.of(precision).withSlots(4).withThreads(1);
  }

  static LanguageModel load(Path checkpoint, Path cache, LoadOptions options) {
    try (Gpt2Checkpoint open = Gpt2Checkpoint.open(checkpoint, new CacheDirectory(cache))) {
      return LanguageModels.load("test", open, options, new CacheDirectory(cache));
    }
  }

  /** GPT-2 with none of its dimensions a power of two. */
  static Path odd(Path folder, String activation, boolean tied) {
    return random(folder, Gpt2Config.ofShape(515, 200, 48, 2, 4, 100), activation, tied);
  }

  /** Loads for a backend that this machine would not choose. */
  static LanguageModel load(
      Path checkpoint, Path cache, Precision precision, Backend backend, int threads) {
    CacheDirectory directory = new CacheDirectory(cache);
    try (Gpt2Checkpoint open = Gpt2Checkpoint.open(checkpoint, directory)) {
      ProgramSpec spec = new ProgramSpec(open.config(), precision, backend, open.tied());
      LoadOptions options = options(precision).withThreads(threads);
      Engine.getEngine("PyTorch");
      JniUtils.setNumThreads(threads);
      int context = open.config().contextLength();
      return LanguageModels.load("test", open, options, spec, context, Device.cpu(), directory);
    }
  }

  /**
   * Writes a checkpoint with seeded random weights.
   *
   * @param activation as in config.json
   */
  static Path random(Path folder, Gpt2Config shape, String activation, boolean tied) {
    try {
      Files.createDirectories(folder);
      Files.writeString(folder.resolve("config.json"), config(shape, activation, tied));
      List<Spec> specs = new ArrayList<>();
      shape.shapes().forEach((name, dims) -> specs.add(Spec.of(name, DType.F32, dims)));
      if (!tied) {
        specs.add(Spec.of("lm_head.weight", DType.F32, shape.vocabSize(), shape.width()));
      }
      Random random = new Random(1);
      Path file = folder.resolve("model.safetensors");
      try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs, Map.of())) {
        for (Spec spec : specs) {
          float[] values = values(spec, random);
          writer.writeFloats(values, 0, values.length);
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static float[] values(Spec spec, Random random) {
    float[] values = new float[(int) spec.elements()];
    boolean gain = spec.name().matches(".*ln_.*weight");
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.15f + (gain ? 1f : 0f);
    }
    return values;
  }

  private static String config(Gpt2Config shape, String activation, boolean tied) {
    return """
        {"model_type": "gpt2", "vocab_size": %d, "n_positions": %d, "n_embd": %d, "n_layer": %d,
         "n_head": %d, "n_inner": %d, "activation_function": "%s", "tie_word_embeddings": %b,
         "bos_token_id": 0, "eos_token_id": 0}
        """
        .formatted(
            shape.vocabSize(),
            shape.contextLength(),
            shape.width(),
            shape.layers(),
            shape.heads(),
            shape.innerWidth(),
            activation,
            tied);
  }
}
