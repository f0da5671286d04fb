package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import java.util.List;

/** A GPT-2 that is only asked for its loss. One thread; native memory until {@link #close}. */
final class TargetModel implements AutoCloseable {
  private final LoadedProgram program;

  /** Compiles and loads a checkpoint, whose head may be its own. */
  TargetModel(TrainSpec spec, Gpt2Checkpoint checkpoint, Device device) {
    program = new LoadedProgram(TargetProgram.build(spec), device);
    boolean loaded = false;
    try {
      teach(program, spec, checkpoint);
      loaded = true;
    } finally {
      if (!loaded) {
        close();
      }
    }
  }

  /** Sets the weights of the target in a program. */
  static void teach(LoadedProgram program, TrainSpec spec, Gpt2Checkpoint checkpoint) {
    float[] flat = Weights.body(checkpoint, new FlatLayout(spec.config()));
    teach(program, spec, flat, Weights.head(checkpoint));
  }

  /**
   * Sets the weights of the target in a program.
   *
   * @param head [V·D], or empty if it is the embedding
   */
  static void teach(LoadedProgram program, TrainSpec spec, float[] flat, float[] head) {
    DataType type = TrainableModel.type(spec.master());
    try (NDManager scope = program.scope()) {
      NDArray own = scope.create(head, new Shape(head.length));
      program.run(scope, "teach", scope.create(flat).toType(type, false), own.toType(type, false));
    }
  }

  /** Mean cross-entropy over windows of equal length, nats per token. */
  double loss(List<int[]> windows) {
    double sum = 0;
    for (int[][] batch : Validation.batches(windows)) {
      try (NDManager scope = program.scope()) {
        sum +=
            program.run(
                    scope,
                    "target_loss",
                    Batches.inputs(scope, batch),
                    Batches.targets(scope, batch))
                .toDoubleArray()[0];
      }
    }
    return sum / windows.size() / (windows.get(0).length - 1);
  }

  @Override
  public void close() {
    program.close();
  }
}
