package dev.paceline.models.lm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.WeightTensor;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Logits and greedy continuations against independent implementations: of the random checkpoints,
 * HuggingFace transformers (fp32, CPU); of the built-in pair, GPT-2 written out in numpy (float64),
 * which differs from HuggingFace's values for the first built-in pair by 7e-6 at most. The bounds
 * are largest absolute errors; the logits of the random checkpoints have a standard deviation of
 * 1.3 to 1.5, those of the pair of 2.6.
 */
class GoldenLogitsTest {
  @TempDir static Path cache;

  @ParameterizedTest
  @CsvSource({
    "gpt2-tiny, FP32, 2e-4", "gpt2-inner, FP32, 2e-4",
    "gpt2-tiny, BF16, 0.12", "gpt2-inner, BF16, 0.12",
    "gpt2-tiny, INT8, 0.25", "gpt2-inner, INT8, 0.25",
    "gpt2-tiny, INT8_DYNAMIC, 0.8", "gpt2-inner, INT8_DYNAMIC, 0.8",
  })
  void logitsOfRandomCheckpoints(String name, Precision precision, double bound) {
    Path folder = TestModels.golden(name);
    try (Safetensors golden = Safetensors.open(folder.resolve("golden.safetensors"));
        LanguageModel model = TestModels.load(folder, cache, TestModels.options(precision))) {
      long[] ids = golden.tensor("input_ids").toLongs();
      WeightTensor logits = golden.tensor("logits");
      float[] expected = logits.toFloats();
      int length = (int) logits.shape()[1];
      int vocab = (int) logits.shape()[2];
      for (int batch = 0; batch < logits.shape()[0]; batch++) {
        int[] tokens = ints(ids, batch * length, length);
        double error = error(model.logits(tokens), expected, batch * length * vocab, vocab);
        assertThat(error).isLessThan(bound);
      }
      if (precision == Precision.FP32) {
        int[] prompt = ints(golden.tensor("greedy_prompt").toLongs(), 0, 8);
        int[] output = ints(golden.tensor("greedy_output").toLongs(), 0, 48);
        assertThat(greedy(model, prompt, output)).isEqualTo(output);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "target, FP32, 2e-4",
    "draft, FP32, 2e-4",
    "target, BF16, 0.5",
    "target, INT8, 0.8",
    "draft, INT8_DYNAMIC, 1.5",
  })
  void logitsOfTheBuiltInPair(String which, Precision precision, double bound) throws Exception {
    Path folder =
        Path.of(
            LanguageModels.class
                .getResource("/dev/paceline/models/builtin/paceline-nano-" + which)
                .toURI());
    Path file = TestModels.golden("nano").resolve("golden.safetensors");
    try (Safetensors golden = Safetensors.open(file);
        LanguageModel model = TestModels.load(folder, cache, TestModels.options(precision))) {
      long[] ids = golden.tensor(which + ".input_ids").toLongs();
      float[] expected = golden.tensor(which + ".logits").toFloats();
      double error = error(model.logits(ints(ids, 0, ids.length)), expected, 0, 4096);
      assertThat(error).isLessThan(bound);
      if (precision == Precision.FP32) {
        for (int n = 0; n < 2; n++) {
          long[] prompt = golden.tensor(n + ".prompt").toLongs();
          long[] output = golden.tensor(which + "." + n + ".greedy_output").toLongs();
          int[] start = ints(prompt, 0, prompt.length);
          int[] all = ints(output, 0, output.length);
          assertThat(greedy(model, start, all)).isEqualTo(all);
        }
      }
    }
  }

  /** Continues as many tokens as the golden output has, which may or may not hold the prompt. */
  private static int[] greedy(LanguageModel model, int[] prompt, int[] golden) {
    boolean whole =
        golden.length > prompt.length
            && Arrays.equals(prompt, Arrays.copyOf(golden, prompt.length));
    int[] out = whole ? golden.clone() : new int[golden.length];
    int from = whole ? prompt.length : 0;
    Sequence sequence = new Sequence(model, 0, SamplingParams.GREEDY);
    int token = sequence.start(prompt).tokens()[0];
    for (int i = from; i < out.length; i++) {
      out[i] = token;
      if (i + 1 < out.length) {
        token = sequence.step(token).tokens()[0];
      }
    }
    return out;
  }

  private static double error(float[][] actual, float[] expected, int from, int vocab) {
    double error = 0;
    for (int row = 0; row < actual.length; row++) {
      for (int i = 0; i < vocab; i++) {
        error = Math.max(error, Math.abs(actual[row][i] - expected[from + row * vocab + i]));
      }
    }
    return error;
  }

  private static int[] ints(long[] values, int from, int count) {
    return Arrays.stream(values, from, from + count).mapToInt(Math::toIntExact).toArray();
  }
}
