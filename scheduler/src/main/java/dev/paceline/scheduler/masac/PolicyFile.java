package dev.paceline.scheduler.masac;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.mec.NpyArray;
import dev.paceline.scheduler.mec.NpzFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Learned networks as an .npz file. */
final class PolicyFile {
  private static final String[] PARTS = {"actor", "critic0", "critic1", "target0", "target1"};

  private PolicyFile() {}

  /** Writes a learner, whole or not at all. */
  static void write(Path file, Learner learner, long updates) throws IOException {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    arrays.put("variant", scalar(learner.variant().ordinal()));
    arrays.put("log_temperature", scalar(learner.logTemperature()));
    arrays.put("updates", scalar(updates));
    SetModel[] models = learner.models();
    for (int p = 0; p < PARTS.length; p++) {
      int[][] sizes = models[p].shape().sizes();
      for (int k = 0; k < sizes.length; k++) {
        float[] weight = models[p].weights()[k];
        double[] values = new double[weight.length];
        Arrays.setAll(values, i -> weight[i]);
        arrays.put(PARTS[p] + "." + k, new NpyArray(sizes[k], values));
      }
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    NpzFile.write(part, arrays);
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The policy of a variant that the project ships. */
  static Learner shipped(Variant variant) {
    String name = variant.name().toLowerCase(Locale.ROOT) + ".npz";
    try (InputStream in = PolicyFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new UserError("no policy '" + name + "' is shipped; train one with train-policy");
      }
      return parse(name, NpzFile.read(name, in));
    } catch (IOException e) {
      throw new UserError("cannot read the shipped policy " + name + ": " + e.getMessage(), e);
    }
  }

  /**
   * @throws UserError if the file is unreadable or holds networks of another shape
   */
  static Learner read(Path file) {
    return parse(file.toString(), NpzFile.read(file));
  }

  /** Updates made before the file was written. */
  static long updates(Path file) {
    return (long) number(file.toString(), NpzFile.read(file), "updates");
  }

  private static Learner parse(String name, Map<String, NpyArray> arrays) {
    int variant = (int) number(name, arrays, "variant");
    if (variant < 0 || variant >= Variant.values().length) {
      throw new UserError(name + ": variant " + variant + " is unknown");
    }
    SetModel[] models = new SetModel[PARTS.length];
    for (int p = 0; p < PARTS.length; p++) {
      models[p] = model(name, arrays, PARTS[p], p == 0 ? Learner.ACTOR : Learner.CRITIC);
    }
    return Learner.of(Variant.values()[variant], models, number(name, arrays, "log_temperature"));
  }

  private static SetModel model(
      String name, Map<String, NpyArray> arrays, String part, SetModel.Shape shape) {
    int[][] sizes = shape.sizes();
    float[][] weights = new float[sizes.length][];
    for (int k = 0; k < sizes.length; k++) {
      NpyArray array = array(name, arrays, part + "." + k);
      if (!Arrays.equals(array.shape(), sizes[k])) {
        throw new UserError(
            name
                + ": "
                + part
                + "."
                + k
                + " has the shape "
                + Arrays.toString(array.shape())
                + ", but this version's network needs "
                + Arrays.toString(sizes[k]));
      }
      float[] weight = new float[array.values().length];
      for (int i = 0; i < weight.length; i++) {
        weight[i] = (float) array.values()[i];
        if (!Float.isFinite(weight[i])) {
          throw new UserError(name + ": " + part + "." + k + " holds " + weight[i]);
        }
      }
      weights[k] = weight;
    }
    return new SetModel(shape, weights);
  }

  private static NpyArray scalar(double value) {
    return new NpyArray(new int[0], new double[] {value});
  }

  private static NpyArray array(String name, Map<String, NpyArray> arrays, String key) {
    NpyArray found = arrays.get(key);
    if (found == null) {
      throw new UserError(name + " is no policy file: it has no array '" + key + "'");
    }
    return found;
  }

  private static double number(String name, Map<String, NpyArray> arrays, String key) {
    NpyArray found = array(name, arrays, key);
    if (found.values().length != 1) {
      throw new UserError(name + ": " + key + " is no single number");
    }
    return found.values()[0];
  }
}
