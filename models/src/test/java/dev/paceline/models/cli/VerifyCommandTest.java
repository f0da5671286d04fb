package dev.paceline.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The references were computed by HuggingFace transformers; see their README. */
class VerifyCommandTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final Path TINY = GOLDEN.resolve("gpt2-tiny");

  @TempDir Path home;
  private CommandHarness models;

  @BeforeEach
  void harness() {
    models = new CommandHarness(home);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gpt2-tiny", "gpt2-inner"})
  void goldenCheckpointsAreEqual(String name) throws Exception {
    Path model = GOLDEN.resolve(name);
    assertThat(verify(model.toString(), model.resolve("golden.safetensors"))).isZero();
    assertThat(models.json().path("max_abs_error").asDouble()).isBetween(0.0, 2e-4);
    assertThat(models.json().path("greedy_equal").asBoolean()).isTrue();
    assertThat(models.out()).contains("greedy: 40 tokens compared, all equal");
  }

  @ParameterizedTest
  @ValueSource(strings = {"draft", "target"})
  void theBuiltinPairIsEqual(String which) throws Exception {
    Path golden = GOLDEN.resolve("nano/golden.safetensors");
    assertThat(verify("paceline-nano-" + which, golden, "--prefix", which + ".", "--json"))
        .isZero();
    assertThat(models.out().lines()).hasSize(1);
    assertThat(models.json().path("max_abs_error").asDouble()).isBetween(0.0, 2e-4);
    assertThat(models.json().path("greedy_equal").asBoolean()).isTrue();
  }

  @Test
  void aDifferenceIsStatusOne() throws Exception {
    Path logits = golden(1e-2f, 0);
    assertThat(verify(TINY.toString(), logits)).isEqualTo(1);
    assertThat(models.json().path("max_abs_error").asDouble()).isBetween(9e-3, 1.1e-2);
    assertThat(models.json().path("greedy_equal").asBoolean()).isTrue();
    Path token = golden(0f, 1);
    assertThat(verify(TINY.toString(), token)).isEqualTo(1);
    assertThat(models.json().path("greedy_equal").asBoolean()).isFalse();
    assertThat(models.out()).contains("the first that differs is number 39");
  }

  @Test
  void wrongReferencesAreOneSentence() throws Exception {
    refuses(
        "paceline-nano-draft",
        TINY.resolve("golden.safetensors"),
        "'logits' [2, 24, 1024] does not have the shape [2, 24, 4096]");
    refuses(TINY.toString(), home.resolve("none.safetensors"), "none.safetensors: no such file");
    refuses(TINY.toString(), TINY.resolve("config.json"), "announces a header of");
    refuses(TINY.toString(), TINY.resolve("model.safetensors"), "has no tensor 'input_ids'");
    refuses(
        "nope/nope",
        TINY.resolve("golden.safetensors"),
        "'paceline models pull nope/nope' downloads it");
    byte[] whole = Files.readAllBytes(TINY.resolve("golden.safetensors"));
    Path part = Files.write(home.resolve("part.safetensors"), Arrays.copyOf(whole, 1000));
    refuses(TINY.toString(), part, "is it truncated?");
    refuses(TINY.toString(), golden(0f, 5000), "holds the token 5");
    assertThat(verify(TINY.toString(), TINY.resolve("golden.safetensors"), "--precision", "int3"))
        .isEqualTo(1);
    assertThat(models.err()).contains("'int3'").hasLineCount(1);
    assertThat(models.run("verify", "--model", "x")).isEqualTo(2);
    assertThat(models.err()).contains("Missing required option: '--golden=FILE'").hasLineCount(1);
  }

  private void refuses(String model, Path golden, String words) throws Exception {
    assertThat(verify(model, golden)).isEqualTo(1);
    assertThat(models.err()).contains(words).hasLineCount(1);
    assertThat(models.out()).isEmpty();
  }

  private int verify(String model, Path golden, String... more) throws Exception {
    String[] arguments = new String[7 + more.length];
    List<String> first =
        List.of("verify", "--model", model, "--golden", golden.toString(), "--device", "cpu");
    System.arraycopy(first.toArray(String[]::new), 0, arguments, 0, 7);
    System.arraycopy(more, 0, arguments, 7, more.length);
    return models.run(arguments);
  }

  /** The tiny model's reference with its first logit and its last token off. */
  private Path golden(float logitError, int tokenError) throws IOException {
    Path path = home.resolve("changed.safetensors");
    try (Safetensors file = Safetensors.open(TINY.resolve("golden.safetensors"))) {
      float[] logits = file.tensor("logits").toFloats();
      logits[0] += logitError;
      long[] output = file.tensor("greedy_output").toLongs();
      output[output.length - 1] += output[output.length - 1] == 1023 ? -tokenError : tokenError;
      List<Spec> specs =
          List.of(
              Spec.of("input_ids", DType.I64, 2, 24),
              Spec.of("logits", DType.F32, 2, 24, 1024),
              Spec.of("greedy_prompt", DType.I64, 8),
              Spec.of("greedy_output", DType.I64, 48));
      try (SafetensorsWriter writer = SafetensorsWriter.create(path, specs, Map.of())) {
        writer.writeLongs(file.tensor("input_ids").toLongs());
        writer.writeFloats(logits, 0, logits.length);
        writer.writeLongs(file.tensor("greedy_prompt").toLongs());
        writer.writeLongs(output);
      }
    }
    return path;
  }
}
