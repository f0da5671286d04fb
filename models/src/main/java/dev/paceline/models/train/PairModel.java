package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import java.util.Arrays;
import java.util.List;

/**
 * A draft with its target, on a device: {@link PairProgram}. One thread; native memory until {@link
 * #close}.
 */
final class PairModel implements AutoCloseable {
  private final LoadedProgram program;
  private final TrainableModel draft;
  private final TrainSpec target;

  /**
   * Compiles and loads the program. {@link #teach} and {@link #draft} restore must follow.
   *
   * @throws UserError if the models do not have the same vocabulary
   */
  PairModel(TrainSpec draft, TrainSpec target, Device device) {
    int words = draft.config().vocabSize();
    if (words != target.config().vocabSize()) {
      throw new UserError(
          "the draft has a vocabulary of "
              + words
              + " and the target one of "
              + target.config().vocabSize()
              + ": they do not belong together");
    }
    this.target = target;
    program = new LoadedProgram(PairProgram.build(draft, target), device);
    this.draft = new TrainableModel(draft, program);
  }

  /** The draft, which this closes. */
  TrainableModel draft() {
    return draft;
  }

  /** Sets the target's weights. */
  void teach(Gpt2Checkpoint checkpoint) {
    TargetModel.teach(program, target, checkpoint);
  }

  /**
   * Sets the target's weights.
   *
   * @param head [V·D], or empty if it is the embedding
   */
  void teach(float[] flat, float[] head) {
    TargetModel.teach(program, target, flat, head);
  }

  /**
   * Adds the gradient of a micro-batch to the draft's.
   *
   * @param objective towards the target's distributions
   * @param share of the cross-entropy with the text, 0 to 1
   * @param ids B sequences of T + 1 tokens
   * @param scale what the sum of the losses is multiplied by; 0 leaves the gradient as it is
   * @return sum of the losses of B·T rows, nats (for {@link Objective#TV} without unit)
   */
  double accumulate(Objective objective, double share, int[][] ids, double scale) {
    try (NDManager scope = program.scope()) {
      NDArray numbers = scope.create(new double[] {scale, share});
      return program
          .run(
              scope,
              PairProgram.method(objective),
              Batches.inputs(scope, ids),
              Batches.targets(scope, ids),
              numbers)
          .toType(DataType.FLOAT64, true)
          .toDoubleArray()[0];
    }
  }

  /** A scope for results. */
  NDManager scope() {
    return program.scope();
  }

  /** Compares the models on windows of equal length, each scored from its second token on. */
  Agreement measure(List<int[]> windows, double[] temperatures) {
    double[] inverses = Arrays.stream(temperatures).filter(t -> t > 0).map(t -> 1 / t).toArray();
    double[] sums = new double[MeasureProgram.FIRST + MeasureProgram.EACH * inverses.length];
    for (int[][] batch : Validation.batches(windows)) {
      try (NDManager scope = program.scope()) {
        double[] part =
            program
                .run(
                    scope,
                    "measure",
                    Batches.inputs(scope, batch),
                    Batches.targets(scope, batch),
                    scope.create(inverses))
                .toDoubleArray();
        for (int i = 0; i < sums.length; i++) {
          sums[i] += part[i];
        }
      }
    }
    long tokens = windows.size() * (windows.get(0).length - 1L);
    return Agreement.of(sums, tokens, temperatures);
  }

  @Override
  public void close() {
    program.close();
  }
}
