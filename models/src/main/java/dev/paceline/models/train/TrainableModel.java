package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.paceline.models.torchscript.ElementType;

/**
 * A {@link TrainProgram} on a device with its weights and moments. One thread; native memory until
 * {@link #close}.
 */
public final class TrainableModel implements AutoCloseable {
  private final TrainSpec spec;
  private final FlatLayout layout;
  private final LoadedProgram program;

  /**
   * Compiles and loads a program. {@link #restore} must follow.
   *
   * @throws dev.paceline.common.UserError if the program cannot be written
   */
  TrainableModel(TrainSpec spec, Device device) {
    this(spec, new LoadedProgram(TrainProgram.build(spec), device));
  }

  /** A model in a program that has more than it; closes the program. */
  TrainableModel(TrainSpec spec, LoadedProgram program) {
    this.spec = spec;
    this.layout = new FlatLayout(spec.config());
    this.program = program;
  }

  FlatLayout layout() {
    return layout;
  }

  TrainSpec spec() {
    return spec;
  }

  /** Sets weights and moments, each a vector in {@link FlatLayout}'s order. */
  void restore(float[] flat, float[] mean, float[] square) {
    try (NDManager scope = program.scope()) {
      NDArray[] state = {scope.create(flat), scope.create(mean), scope.create(square)};
      for (int i = 0; i < state.length; i++) {
        state[i] = state[i].toType(masterType(), false);
      }
      run(scope, "restore", state);
    }
  }

  /** Sets the weights of a model that will not be trained; there are no moments then. */
  void freeze(float[] flat) {
    try (NDManager scope = program.scope()) {
      run(scope, "freeze", scope.create(flat).toType(masterType(), false));
    }
  }

  /** Sets the weights and clears the moments. */
  void restore(float[] flat) {
    restore(flat, new float[flat.length], new float[flat.length]);
  }

  /** A vector of the state: {@code flat}, {@code grad}, {@code mean} or {@code square}. */
  float[] vector(String name) {
    try (NDManager scope = program.scope()) {
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
    try (NDManager scope = program.scope()) {
      NDArray factor = scope.create(scale).reshape(1);
      return program
          .run(
              scope,
              TrainProgram.ACCUMULATE,
              Batches.inputs(scope, ids),
              Batches.targets(scope, ids),
              factor)
          .toType(DataType.FLOAT64, true)
          .toDoubleArray()[0];
    }
  }

  /** Sum of the cross-entropies of B·T tokens, nats; nothing is recorded. */
  double loss(int[][] ids) {
    try (NDManager scope = program.scope()) {
      return run(scope, "loss", Batches.inputs(scope, ids), Batches.targets(scope, ids))
          .toType(DataType.FLOAT64, true)
          .toDoubleArray()[0];
    }
  }

  /** Logits [B·T, V] for all but the last token of each sequence; belongs to the scope. */
  NDArray logits(NDManager scope, int[][] ids) {
    return run(scope, "logits", Batches.inputs(scope, ids));
  }

  /** A scope for results. */
  NDManager scope() {
    return program.scope();
  }

  /**
   * Scales the gradient down to a norm.
   *
   * @return the norm before
   */
  double clip(double limit) {
    try (NDManager scope = program.scope()) {
      return run(scope, "clip", scope.create(limit).reshape(1))
          .toType(DataType.FLOAT64, true)
          .getDouble();
    }
  }

  /** Takes a step of the optimizer and clears the gradient. */
  void update(Optimizer optimizer, Optimizer.Step step) {
    try (NDManager scope = program.scope()) {
      run(scope, optimizer.method(), scope.create(step.vector()));
    }
  }

  @Override
  public void close() {
    program.close();
  }

  private DataType masterType() {
    return type(spec.master());
  }

  /** The type of numbers that cross into a program. */
  static DataType type(ElementType master) {
    return switch (master) {
      case DOUBLE -> DataType.FLOAT64;
      default -> DataType.FLOAT32;
    };
  }

  private NDArray run(NDManager scope, String method, NDArray... arguments) {
    return program.run(scope, method, arguments);
  }
}
