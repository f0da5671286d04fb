package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.safetensors.Safetensors;
import dev.paceline.models.safetensors.SafetensorsWriter;
import dev.paceline.models.safetensors.SafetensorsWriter.Spec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Everything that a run needs to go on: weights and moments as they are in the program, and where
 * the run was.
 *
 * @param setup what the run was started with, one line; a resumed run must have the same
 * @param step updates done
 * @param seconds time spent
 * @param best lowest cost in validation, or infinity
 * @param drawn state of {@link Mixture}
 */
record TrainState(
    String setup,
    long step,
    double seconds,
    double best,
    long[] drawn,
    float[] flat,
    float[] mean,
    float[] square) {

  /** Writes a file, which replaces an older one when it is complete. */
  void write(Path file) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    List<Spec> specs =
        List.of(
            Spec.of("flat", DType.F32, flat.length),
            Spec.of("mean", DType.F32, mean.length),
            Spec.of("square", DType.F32, square.length),
            Spec.of("drawn", DType.I64, drawn.length));
    Map<String, String> metadata =
        Map.of(
            "setup", setup,
            "step", Long.toString(step),
            "seconds", Double.toString(seconds),
            "best", Double.toString(best));
    try (SafetensorsWriter writer = SafetensorsWriter.create(temporary, specs, metadata)) {
      writer.writeFloats(flat, 0, flat.length);
      writer.writeFloats(mean, 0, mean.length);
      writer.writeFloats(square, 0, square.length);
      writer.writeLongs(drawn);
    }
    Files.move(
        temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * Checks that this is a run with the same options.
   *
   * @throws UserError if it is not
   */
  void require(Path file, String expected) {
    if (!setup.equals(expected)) {
      throw new UserError(
          file
              + " is of a run with other options ("
              + setup
              + ") than this one ("
              + expected
              + "); --from begins a run of its own with its weights");
    }
  }

  /**
   * Reads a file.
   *
   * @throws UserError if it is not the state of a model of this shape
   */
  static TrainState read(Path file, FlatLayout layout) {
    try (Safetensors tensors = Safetensors.open(file)) {
      Map<String, String> metadata = tensors.metadata();
      float[] flat = tensors.tensor("flat").toFloats();
      if (flat.length != layout.size()) {
        throw new UserError(
            file + " has " + flat.length + " weights where the shape has " + layout.size());
      }
      return new TrainState(
          metadata.getOrDefault("setup", ""),
          Long.parseLong(metadata.getOrDefault("step", "0")),
          Double.parseDouble(metadata.getOrDefault("seconds", "0")),
          Double.parseDouble(metadata.getOrDefault("best", "Infinity")),
          tensors.tensor("drawn").toLongs(),
          flat,
          tensors.tensor("mean").toFloats(),
          tensors.tensor("square").toFloats());
    } catch (NumberFormatException e) {
      throw new UserError(file + " has a damaged header: " + e.getMessage(), e);
    }
  }

  @Override
  public String toString() {
    return setup + " step " + step + " drawn " + Arrays.toString(drawn);
  }
}
