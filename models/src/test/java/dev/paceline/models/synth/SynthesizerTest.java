package dev.paceline.models.synth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SynthesizerTest {
  private static final Gpt2Config CONFIG = Gpt2Config.ofShape(3001, 96, 128, 8, 4, 320);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void weightsHaveGpt2sInitialisation(DType dtype) {
    Path model = write("a", dtype, 1);
    try (Gpt2Checkpoint checkpoint = open(model)) {
      assertThat(checkpoint.config()).isEqualTo(CONFIG);
      assertThat(checkpoint.tied()).isTrue();
      assertThat(checkpoint.tensor("wte.weight").dtype()).isEqualTo(dtype);
      normal(checkpoint, "wte.weight", 0.02);
      normal(checkpoint, "wpe.weight", 0.01);
      normal(checkpoint, "h.7.attn.c_attn.weight", 0.02);
      normal(checkpoint, "h.3.attn.c_proj.weight", 0.02 / 4);
      normal(checkpoint, "h.3.mlp.c_proj.weight", 0.02 / 4);
      assertThat(checkpoint.tensor("h.0.mlp.c_fc.bias").toFloats()).containsOnly(0f);
      assertThat(checkpoint.tensor("ln_f.weight").toFloats()).containsOnly(1f);
      assertThat(checkpoint.tensor("h.1.ln_2.bias").toFloats()).containsOnly(0f);
    }
  }

  @Test
  void theSeedDecides() throws IOException {
    byte[] first = Files.readAllBytes(write("a", DType.F16, 1).resolve("model.safetensors"));
    assertThat(write("b", DType.F16, 1).resolve("model.safetensors")).hasBinaryContent(first);
    assertThat(Files.readAllBytes(write("c", DType.F16, 2).resolve("model.safetensors")))
        .isNotEqualTo(first);
  }

  @Test
  void typesDifferByRoundingOnly() {
    try (Gpt2Checkpoint full = open(write("a", DType.F32, 9));
        Gpt2Checkpoint half = open(write("b", DType.F16, 9))) {
      float[] a = full.tensor("h.5.mlp.c_fc.weight").toFloats();
      float[] b = half.tensor("h.5.mlp.c_fc.weight").toFloats();
      for (int i = 0; i < a.length; i++) {
        assertThat(b[i]).isCloseTo(a[i], within(Math.abs(a[i]) * 0x1p-11f + 0x1p-25f));
      }
    }
  }

  @Test
  void nothingIsOverwritten() throws IOException {
    Path used = Files.createDirectories(directory.resolve("used"));
    Files.writeString(used.resolve("x"), "");
    assertThatThrownBy(() -> write("used", DType.F16, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("used is not empty");
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).hasSize(1);
    }
  }

  private void normal(Gpt2Checkpoint checkpoint, String name, double deviation) {
    float[] values = checkpoint.tensor(name).toFloats();
    double sum = 0;
    double squares = 0;
    double neighbours = 0;
    int beyondTwo = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      squares += values[i] * values[i];
      neighbours += i == 0 ? 0 : values[i] * values[i - 1];
      beyondTwo += Math.abs(values[i]) > 2 * deviation ? 1 : 0;
    }
    int n = values.length;
    double variance = deviation * deviation;
    // Five standard errors of the mean, the variance, the lag-1 correlation and the tail's share
    // (Φ(−2) · 2).
    assertThat(sum / n).isCloseTo(0, within(5 * deviation / Math.sqrt(n)));
    assertThat(squares / n)
        .isCloseTo(variance, within(5 * variance * Math.sqrt(2.0 / n) + variance / 500));
    assertThat(neighbours / n).isCloseTo(0, within(5 * variance / Math.sqrt(n)));
    assertThat(beyondTwo / (double) n).isCloseTo(0.0455, within(5 * Math.sqrt(0.0455 / n) + 0.002));
  }

  private Gpt2Checkpoint open(Path model) {
    return Gpt2Checkpoint.open(model, new CacheDirectory(directory.resolve("cache")));
  }

  private Path write(String name, DType dtype, long seed) {
    Path model = directory.resolve(name);
    new Synthesizer(CONFIG, dtype, seed).write(model, d -> {});
    return model;
  }
}
