package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.paceline.common.sampling.Race;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.verify.Golden;
import dev.paceline.models.verify.Verification;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The model that is trained is the model that is served. */
class TrainedModelTest {
  @TempDir Path folder;

  /** Golden logits: HuggingFace transformers, fp32. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "gpt2-inner"})
  void trainingProgramHasTheLogitsOfTransformers(String name) throws Exception {
    Path golden = Path.of(getClass().getResource("/golden/" + name).toURI());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(golden, new CacheDirectory(folder));
        Safetensors reference = Safetensors.open(golden.resolve("golden.safetensors"));
        TrainableModel model = Tiny.model(checkpoint.config());
        NDManager scope = model.scope()) {
      model.restore(Weights.of(checkpoint, model.layout()));
      long[] shape = reference.tensor("logits").shape();
      long[] ids = reference.tensor("input_ids").toLongs();
      int length = (int) shape[1];
      int[][] batch = new int[(int) shape[0]][length + 1];
      for (int i = 0; i < ids.length; i++) {
        batch[i / length][i % length] = (int) ids[i];
      }
      float[] logits = model.logits(scope, batch).toFloatArray();
      assertThat(logits).containsExactly(reference.tensor("logits").toFloats(), within(2e-4f));
    }
  }

  @Test
  void writtenModelIsServedWithTheSameLogits() throws Exception {
    Gpt2Config shape = Gpt2Config.ofShape(64, 32, 64, 2, 4, 256);
    CacheDirectory cache = new CacheDirectory(folder.resolve("cache"));
    int[] tokens = {1, 5, 9, 60, 33, 2, 2, 7};
    try (TrainableModel model = Tiny.model(shape);
        NDManager scope = model.scope()) {
      model.restore(Tiny.weights(model.layout()));
      for (int n = 1; n <= 5; n++) {
        model.accumulate(new int[][] {tokens}, 0.1);
        model.update(Optimizer.MUON, new Optimizer.Step(n, 1e-2, 0.1));
      }
      Weights.write(model.vector("flat"), model.layout(), DType.F32, folder.resolve("model"));
      int[][] batch = {Arrays.copyOf(tokens, tokens.length + 1)};
      float[] trained = model.logits(scope, batch).toFloatArray();
      assertThat(model.logits(scope, batch).toFloatArray()).isEqualTo(trained);
      try (Gpt2Checkpoint written = Gpt2Checkpoint.open(folder.resolve("model"), cache);
          LanguageModel served =
              LanguageModels.load(
                  "t", written, LoadOptions.of(Precision.FP32).withThreads(1), cache)) {
        assertThat(Weights.of(written, model.layout())).isEqualTo(model.vector("flat"));
        float[][] rows = served.logits(tokens);
        for (int t = 0; t < tokens.length; t++) {
          float[] expected = Arrays.copyOfRange(trained, t * 64, t * 64 + 64);
          assertThat(rows[t]).containsExactly(expected, within(1e-4f));
        }
      }
    }
  }

  /** The reference is the training program, which itself has the logits of transformers. */
  @Test
  void distilledDraftPassesTheGoldenCheck() throws Exception {
    Gpt2Config shape = Gpt2Config.ofShape(96, 32, 64, 2, 4, 256);
    TrainSpec spec = new TrainSpec(shape, ElementType.FLOAT);
    CacheDirectory cache = new CacheDirectory(folder.resolve("cache"));
    Path reference = folder.resolve("golden.safetensors");
    try (PairModel pair = new PairModel(spec, spec, Device.cpu())) {
      TrainableModel draft = pair.draft();
      pair.teach(Tiny.weights(draft.layout()), new float[0]);
      draft.restore(Weights.fresh(draft.layout(), 9));
      for (int n = 1; n <= 5; n++) {
        pair.accumulate(Objective.TV, 0.1, new int[][] {{1, 5, 9, 60, 33, 2, 2, 7}}, 0.1);
        draft.update(Optimizer.ADAMW, new Optimizer.Step(n, 1e-2, 0.1));
      }
      Weights.write(draft.vector("flat"), draft.layout(), DType.F32, folder.resolve("draft"));
      writeGolden(draft, reference);
    }
    Golden golden = Golden.read(reference, "", shape);
    try (Gpt2Checkpoint written = Gpt2Checkpoint.open(folder.resolve("draft"), cache);
        LanguageModel served =
            LanguageModels.load(
                "d", written, LoadOptions.of(Precision.FP32).withThreads(1), cache)) {
      Verification found = Verification.of(served, golden);
      assertThat(found.maxAbsError()).isLessThan(2e-4);
      assertThat(found.greedyTokens()).isEqualTo(12);
      assertThat(found.greedyEqual()).isTrue();
    }
  }

  private static void writeGolden(TrainableModel model, Path file) throws IOException {
    int words = model.spec().config().vocabSize();
    int[] ids = {3, 1, 41, 59, 26, 53};
    float[] logits = logits(model, ids);
    int[] text = {7};
    for (int n = 0; n < 12; n++) {
      float[] all = logits(model, text);
      float[] last = Arrays.copyOfRange(all, all.length - words, all.length);
      text = Arrays.copyOf(text, text.length + 1);
      text[text.length - 1] = Race.argmax(last);
    }
    List<Spec> specs =
        List.of(
            Spec.of("input_ids", DType.I64, ids.length),
            Spec.of("logits", DType.F32, ids.length, words),
            Spec.of("greedy_prompt", DType.I64, 1),
            Spec.of("greedy_output", DType.I64, text.length));
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs, Map.of())) {
      writer.writeLongs(Arrays.stream(ids).asLongStream().toArray());
      writer.writeFloats(logits, 0, logits.length);
      writer.writeLongs(text[0]);
      writer.writeLongs(Arrays.stream(text).asLongStream().toArray());
    }
  }

  private static float[] logits(TrainableModel model, int... ids) {
    try (NDManager scope = model.scope()) {
      return model.logits(scope, new int[][] {Arrays.copyOf(ids, ids.length + 1)}).toFloatArray();
    }
  }
}
