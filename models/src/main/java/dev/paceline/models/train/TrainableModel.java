package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.ParameterStore;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.torchscript.ArchiveWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A {@link TrainProgram} on a device with its weights and moments. One thread; native memory until
 * {@link #close}.
 */
public final class TrainableModel implements AutoCloseable {
  private static final String METHOD = "module_method:";

  private final TrainSpec spec;
  private final FlatLayout layout;
  private final Model model;
  private final NDManager manager;
  private final ParameterStore parameters;

  /**
   * Compiles and loads a program. {@link #restore} must follow.
   *
   * @throws UserError if the program cannot be written or loaded
   */
  TrainableModel(TrainSpec spec, Device device) {
    this.spec = spec;
    this.layout = new FlatLayout(spec.config());
    NativeMemory.keep();
    model = Model.newInstance("train", device, "PyTorch");
    manager = model.getNDManager().newSubManager();
    parameters = new ParameterStore(manager, false);
    boolean loaded = false;
    try {
      JniUtils.setGraphExecutorOptimize(false);
      Path folder = Files.createTempDirectory("paceline-train");
      try {
        ArchiveWriter.write(folder.resolve("train.pt"), TrainProgram.build(spec));
        model.load(folder, "train");
      } finally {
        CacheDirectory.deleteTree(folder);
      }
      loaded = true;
    } catch (IOException e) {
      throw new UserError("cannot write the training program: " + CacheDirectory.reason(e), e);
    } catch (MalformedModelException e) {
      throw new IllegalStateException(e);
    } finally {
      if (!loaded) {
        close();
      }
    }
  }

  FlatLayout layout() {
    return layout;
  }

  TrainSpec spec() {
    return spec;
  }

  /** Sets weights and moments, each a vector in {@link FlatLayout}'s order. */
  void restore(float[] flat, float[] mean, float[] square) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray[] state = {scope.create(flat), scope.create(mean), scope.create(square)};
      for (int i = 0; i < state.length; i++) {
        state[i] = state[i].toType(masterType(), false);
      }
      run(scope, "restore", state);
    }
  }

  /** Sets the weights and clears the moments. */
  void restore(float[] flat) {
    restore(flat, new float[flat.length], new float[flat.length]);
  }

  /** A vector of the state: {@code flat}, {@code grad}, {@code mean} or {@code square}. */
  float[] vector(String name) {
    try (NDManager scope = manager.newSubManager()) {
      return run(scope, "get_" + name).toType(DataType.FLOAT32, false).toFloatArray();
    }
  }

  /**
   * Adds the gradient of a micro-batch.
   *
   * @param ids B sequences of T + 1 tokens: the inputs and, one later, the targets
   * @param scale what the sum of the losses is multiplied by; 0 leaves the gradient as it is
   * @return sum of the cross-entropies of B·T tokens, nats
   */
  double accumulate(int[][] ids, double scale) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray targets = scope.create(targets(ids));
      return accumulate(scope, Objective.CROSS_ENTROPY, ids, targets, scale);
    }
  }

  /**
   * Adds the gradient of a micro-batch towards a teacher's distributions.
   *
   * @param ids as above; the last token of each sequence is not used
   * @param probabilities [B·T, V]
   * @param scale what the sum of the losses is multiplied by
   * @return sum of the losses of B·T rows
   */
  double accumulate(Objective objective, int[][] ids, NDArray probabilities, double scale) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray typed = probabilities.toType(masterType(), false);
      return accumulate(scope, objective, ids, typed, scale);
    }
  }

  private double accumulate(
      NDManager scope, Objective objective, int[][] ids, NDArray targets, double scale) {
    NDArray factor = scope.create(scale).reshape(1);
    String method = "accumulate_" + objective.label();
    return run(scope, method, inputs(scope, ids), targets, factor)
        .toType(DataType.FLOAT64, true)
        .toDoubleArray()[0];
  }

  /** Sum of the cross-entropies of B·T tokens, nats; nothing is recorded. */
  double loss(int[][] ids) {
    try (NDManager scope = manager.newSubManager()) {
      return run(scope, "loss", inputs(scope, ids), scope.create(targets(ids)))
          .toType(DataType.FLOAT64, true)
          .toDoubleArray()[0];
    }
  }

  /** Logits [B·T, V] for all but the last token of each sequence; belongs to the scope. */
  NDArray logits(NDManager scope, int[][] ids) {
    return run(scope, "logits", inputs(scope, ids));
  }

  /** A scope for results. */
  NDManager scope() {
    return manager.newSubManager();
  }

  /**
   * Scales the gradient down to a norm.
   *
   * @return the norm before
   */
  double clip(double limit) {
    try (NDManager scope = manager.newSubManager()) {
      return run(scope, "clip", scope.create(limit).reshape(1))
          .toType(DataType.FLOAT64, true)
          .getDouble();
    }
  }

  /** Takes a step of the optimizer and clears the gradient. */
  void update(Optimizer optimizer, Optimizer.Step step) {
    try (NDManager scope = manager.newSubManager()) {
      run(scope, optimizer.method(), scope.create(step.vector()));
    }
  }

  @Override
  public void close() {
    manager.close();
    model.close();
  }

  private DataType masterType() {
    return switch (spec.master()) {
      case DOUBLE -> DataType.FLOAT64;
      default -> DataType.FLOAT32;
    };
  }

  private static NDArray inputs(NDManager scope, int[][] ids) {
    int length = ids[0].length - 1;
    long[] flat = new long[ids.length * length];
    for (int b = 0; b < ids.length; b++) {
      for (int t = 0; t < length; t++) {
        flat[b * length + t] = ids[b][t];
      }
    }
    return scope.create(flat, new Shape(ids.length, length));
  }

  private static long[] targets(int[][] ids) {
    int length = ids[0].length - 1;
    long[] flat = new long[ids.length * length];
    for (int b = 0; b < ids.length; b++) {
      for (int t = 0; t < length; t++) {
        flat[b * length + t] = ids[b][t + 1];
      }
    }
    return flat;
  }

  private NDArray run(NDManager scope, String method, NDArray... arguments) {
    NDList inputs = new NDList(arguments.length + 1);
    NDArray tag = scope.create(0L);
    tag.setName(METHOD + method);
    inputs.add(tag);
    for (NDArray argument : arguments) {
      inputs.add(argument);
    }
    // Training mode: the program itself says where gradients are recorded.
    return model.getBlock().forward(parameters, inputs, true).singletonOrThrow();
  }
}
