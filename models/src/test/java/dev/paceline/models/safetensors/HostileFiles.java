package dev.paceline.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What must hold for a file with any content. */
final class HostileFiles {
  private HostileFiles() {}

  /**
   * Opens a file with these bytes. Either a sentence comes back, or every tensor can be read and
   * together they are the whole data section; nothing else may be thrown.
   *
   * @return the sentence, or an empty string
   */
  static String open(Path directory, byte[] content) throws IOException {
    Path path = Files.write(directory.resolve("hostile.safetensors"), content);
    try (Safetensors file = Safetensors.open(path)) {
      long total = 0;
      float[] values = new float[16];
      for (WeightTensor tensor : file.tensors().values()) {
        total += tensor.bytes().remaining();
        int n = (int) Math.min(values.length, tensor.elements());
        if (tensor.dtype().floating()) {
          tensor.readFloats(tensor.elements() - n, values, 0, n);
        } else {
          tensor.readLongs(tensor.elements() - n, new long[n], 0, n);
        }
      }
      ByteBuffer length = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
      assertThat(total).isEqualTo(content.length - 8 - length.getLong());
      return "";
    } catch (UserError e) {
      String sentence = String.valueOf(e.getMessage());
      assertThat(sentence)
          .contains("hostile.safetensors")
          .doesNotContain("\n")
          .hasSizeLessThan(1000);
      return sentence;
    }
  }

  /** A file with this header and so many bytes of data. */
  static byte[] file(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }
}
