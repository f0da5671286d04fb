package dev.paceline.models.synth;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.ConfigWriter;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.HalfFloats;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Writes checkpoints with GPT-2's initialisation (Radford et al. 2019, and OpenAI's code): weights
 * normal with deviation 0.02, those of the residual projections with 0.02 / √(2L), positions with
 * 0.01, biases 0, LayerNorm 1 and 0. Streams: memory does not grow with the model.
 */
public final class Synthesizer {
  private static final int CHUNK = 1 << 18;
  private static final double DEVIATION = 0.02;
  private static final double POSITION_DEVIATION = 0.01;

  private final Gpt2Config config;
  private final DType dtype;
  private final long seed;
  private final Map<Double, float[]> tables = new HashMap<>();
  private final ByteBuffer chunk;

  /** Writes the tokenizer's files into the new folder. */
  @FunctionalInterface
  public interface TokenizerFiles {
    /** Writes into {@code directory}. */
    void write(Path directory) throws IOException;
  }

  /**
   * @param dtype F32, F16 or BF16
   * @param seed the same seed gives the same weights, up to rounding to the type
   */
  public Synthesizer(Gpt2Config config, DType dtype, long seed) {
    if (dtype != DType.F32 && dtype != DType.F16 && dtype != DType.BF16) {
      throw new IllegalArgumentException(dtype.name());
    }
    this.config = config;
    this.dtype = dtype;
    this.seed = seed;
    this.chunk = ByteBuffer.allocate(CHUNK * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Writes a model folder, which appears when it is complete.
   *
   * @param directory missing or empty
   * @throws UserError if the folder has something in it or cannot be written
   */
  public void write(Path directory, TokenizerFiles tokenizer) {
    Path target = directory.toAbsolutePath().normalize();
    Path temporary = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      refuseUsed(target);
      Files.createDirectories(temporary);
      try {
        tokenizer.write(temporary);
        ConfigWriter.write(config, torchName(), temporary.resolve("config.json"));
        writeWeights(temporary.resolve("model.safetensors"));
        Files.deleteIfExists(target);
        Files.move(temporary, target);
      } finally {
        CacheDirectory.deleteTree(temporary);
      }
    } catch (IOException e) {
      throw new UserError("cannot write " + directory + ": " + CacheDirectory.reason(e), e);
    }
  }

  private static void refuseUsed(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new UserError(directory + " is a file where a new folder belongs");
    }
    if (Files.isDirectory(directory)) {
      try (Stream<Path> entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new UserError(directory + " is not empty; name a new folder");
        }
      }
    }
  }

  private void writeWeights(Path file) throws IOException {
    Map<String, long[]> shapes = config.shapes();
    List<Spec> specs =
        shapes.entrySet().stream()
            .map(e -> Spec.of("transformer." + e.getKey(), dtype, e.getValue()))
            .toList();
    try (SafetensorsWriter writer = SafetensorsWriter.create(file, specs, Map.of("format", "pt"))) {
      int next = 0;
      for (String name : shapes.keySet()) {
        long elements = specs.get(next++).elements();
        if (name.endsWith(".bias")) {
          writeConstant(writer, 0f, elements);
        } else if (name.contains("ln_")) {
          writeConstant(writer, 1f, elements);
        } else {
          writeNormal(writer, name, elements);
        }
      }
    }
  }

  private void writeConstant(SafetensorsWriter writer, float value, long elements)
      throws IOException {
    float[] values = new float[Math.toIntExact(elements)];
    Arrays.fill(values, value);
    writer.writeFloats(values, 0, values.length);
  }

  private void writeNormal(SafetensorsWriter writer, String name, long elements)
      throws IOException {
    float[] table = tables.computeIfAbsent(deviation(name), NormalTable::scaled);
    long key = NormalTable.key(seed, name);
    if (dtype == DType.F32) {
      int[] raw = new int[table.length];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = Float.floatToRawIntBits(table[i]);
      }
      for (long from = 0; from < elements; from += CHUNK) {
        fill(raw, key, from);
        writer.writeBytes(
            chunk.position(0).limit((int) Math.min(CHUNK, elements - from) * dtype.bytes()));
      }
    } else {
      short[] raw = new short[table.length];
      for (int i = 0; i < raw.length; i++) {
        raw[i] =
            dtype == DType.F16
                ? HalfFloats.floatToHalf(table[i])
                : HalfFloats.floatToBfloat16(table[i]);
      }
      for (long from = 0; from < elements; from += CHUNK) {
        fill(raw, key, from);
        writer.writeBytes(
            chunk.position(0).limit((int) Math.min(CHUNK, elements - from) * dtype.bytes()));
      }
    }
  }

  private void fill(int[] raw, long key, long from) {
    chunk.clear();
    for (int i = 0; i < CHUNK; i += 4) {
      long bits = NormalTable.bits(key, (from + i) / 4);
      chunk.putInt(4 * i, raw[(int) bits & 0xFFFF]);
      chunk.putInt(4 * i + 4, raw[(int) (bits >>> 16) & 0xFFFF]);
      chunk.putInt(4 * i + 8, raw[(int) (bits >>> 32) & 0xFFFF]);
      chunk.putInt(4 * i + 12, raw[(int) (bits >>> 48)]);
    }
  }

  private void fill(short[] raw, long key, long from) {
    chunk.clear();
    for (int i = 0; i < CHUNK; i += 4) {
      long bits = NormalTable.bits(key, (from + i) / 4);
      chunk.putShort(2 * i, raw[(int) bits & 0xFFFF]);
      chunk.putShort(2 * i + 2, raw[(int) (bits >>> 16) & 0xFFFF]);
      chunk.putShort(2 * i + 4, raw[(int) (bits >>> 32) & 0xFFFF]);
      chunk.putShort(2 * i + 6, raw[(int) (bits >>> 48)]);
    }
  }

  private double deviation(String name) {
    if (name.equals("wpe.weight")) {
      return POSITION_DEVIATION;
    }
    return name.endsWith("c_proj.weight")
        ? DEVIATION / Math.sqrt(2.0 * config.layers())
        : DEVIATION;
  }

  private String torchName() {
    return switch (dtype) {
      case F16 -> "float16";
      case BF16 -> "bfloat16";
      default -> "float32";
    };
  }
}
