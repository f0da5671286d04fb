package dev.paceline.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
  @TempDir Path directory;

  @Test
  void readsWhatTheReferenceImplementationWrote() {
    try (Safetensors file =
        Safetensors.open(Path.of("src/test/resources/golden/gpt2-tiny/golden.safetensors"))) {
      assertThat(file.names())
          .containsExactly("greedy_output", "greedy_prompt", "input_ids", "logits");
      assertThat(file.tensor("logits").shape()).containsExactly(2, 24, 1024);
      assertThat(file.tensor("greedy_prompt").toLongs()).hasSize(8);
      assertThat(file.tensor("greedy_output").toLongs())
          .startsWith(file.tensor("greedy_prompt").toLongs());
    }
  }

  @Test
  void whatIsWrittenIsRead() throws IOException {
    Path path = directory.resolve("x.safetensors");
    float[] values = new float[100_000];
    Random random = new Random(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    List<Spec> specs =
        List.of(
            Spec.of("a", DType.F32, 100, 1000),
            Spec.of("empty", DType.F16, 0, 7),
            Spec.of("half", DType.F16, values.length),
            Spec.of("brain", DType.BF16, values.length),
            Spec.of("scalar", DType.F32),
            Spec.of("ids", DType.I64, 3),
            Spec.of("raw", DType.F64, 1));
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, specs, Map.of("format", "pt"))) {
      writer.writeFloats(values, 0, 1);
      writer.writeFloats(values, 1, values.length - 1);
      writer.writeFloats(values, 0, values.length);
      writer.writeFloats(values, 0, values.length);
      writer.writeFloats(values, 0, 1);
      writer.writeLongs(-1, Long.MAX_VALUE, 5);
      ByteBuffer raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      writer.writeBytes(raw.putDouble(1.5).flip());
    }
    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
      assertThat(file.tensor("a").toFloats()).isEqualTo(values);
      assertThat(file.tensor("scalar").toFloats()).containsExactly(values[0]);
      assertThat(file.tensor("ids").toLongs()).containsExactly(-1, Long.MAX_VALUE, 5);
      assertThat(file.tensor("raw").toFloats()).containsExactly(1.5f);
      assertThat(file.tensor("empty").elements()).isZero();
      assertThat(file.tensor("empty").bytes().remaining()).isZero();
      float[] half = file.tensor("half").toFloats();
      float[] brain = file.tensor("brain").toFloats();
      for (int i = 0; i < values.length; i++) {
        assertThat(half[i]).isEqualTo(HalfFloats.halfToFloat(HalfFloats.floatToHalf(values[i])));
        assertThat(Math.abs(half[i] - values[i]))
            .isLessThanOrEqualTo(Math.abs(values[i]) * 0x1p-11f + 0x1p-25f);
        assertThat(Math.abs(brain[i] - values[i]))
            .isLessThanOrEqualTo(Math.abs(values[i]) * 0x1p-8f);
      }
      float[] part = new float[10];
      file.tensor("half").readFloats(values.length - 4, part, 6, 4);
      assertThat(part[9]).isEqualTo(half[values.length - 1]);
      assertThat(file.tensor("a").bytes().isReadOnly()).isTrue();
      assertThat(file.tensor("a").bytes().getFloat(4)).isEqualTo(values[1]);
      assertThatThrownBy(() -> file.tensor("half").readFloats(values.length - 3, part, 0, 4))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> file.tensor("ids").toFloats())
          .isInstanceOf(UserError.class)
          .hasMessageContaining("'ids' [3] holds I64");
      assertThatThrownBy(() -> file.tensor("nope"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("has no tensor 'nope'");
    }
  }

  @Test
  void theWriterInsistsOnWhatWasAnnounced() throws IOException {
    Path path = directory.resolve("x.safetensors");
    List<Spec> specs = List.of(Spec.of("a", DType.F32, 2));
    assertThatThrownBy(() -> SafetensorsWriter.create(path, specs, Map.of()).close())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("8 bytes of 'a' are missing");
    try (SafetensorsWriter writer = SafetensorsWriter.create(path, specs, Map.of())) {
      assertThatThrownBy(() -> writer.writeFloats(new float[3], 0, 3))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void tensorsMayBeLargerThanABuffer() throws IOException {
    long elements = (1L << 30) + (1L << 29) + 3;
    String json =
        "{\"big\":{\"dtype\":\"F16\",\"shape\":["
            + elements
            + "],\"data_offsets\":[0,"
            + 2 * elements
            + "]}}";
    Path path = directory.resolve("big.safetensors");
    // One is 0x3C00; the rest of the file is a hole on the disk.
    long[] ones = {0, (1L << 29) - 1, 1L << 29, (1L << 30) + 1, elements - 1};
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
      channel.write(header(json));
      long start = 8 + json.length();
      for (long one : ones) {
        channel.write(ByteBuffer.wrap(new byte[] {0, 0x3C}), start + 2 * one);
      }
    }
    try (Safetensors file = Safetensors.open(path)) {
      WeightTensor big = file.tensor("big");
      float[] around = new float[4];
      for (long one : ones) {
        long from = Math.max(0, Math.min(one - 1, elements - 4));
        big.readFloats(from, around, 0, 4);
        assertThat(around[(int) (one - from)]).isEqualTo(1f);
      }
      big.readFloats((1L << 29) - 2, around, 0, 4);
      assertThat(around).containsExactly(0, 1, 1, 0);
      assertThatThrownBy(big::bytes)
          .isInstanceOf(UserError.class)
          .hasMessageContaining("more than one buffer");
    }
  }

  @Test
  void missingFilesAndFoldersAreNamed() {
    assertThatThrownBy(() -> Safetensors.open(directory.resolve("no.safetensors")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("no.safetensors: no such file");
    assertThatThrownBy(() -> Safetensors.open(directory))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("is a folder");
  }

  private static ByteBuffer header(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(8 + bytes.length).order(ByteOrder.LITTLE_ENDIAN);
    return buffer.putLong(bytes.length).put(bytes).flip();
  }

  @Test
  void filesWithoutTensorsAreValid() throws IOException {
    Path path = Files.write(directory.resolve("x.safetensors"), header("{}").array());
    try (Safetensors file = Safetensors.open(path)) {
      assertThat(file.tensors()).isEmpty();
    }
  }
}
