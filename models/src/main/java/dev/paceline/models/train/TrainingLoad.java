package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import dev.paceline.models.gpt2.Gpt2Config;
import java.util.Random;

/**
 * A model in training, to be timed: random tokens, real updates, and beside them the matrix
 * products of an update alone. One thread; native memory until {@link #close}.
 */
public final class TrainingLoad implements AutoCloseable {
  private final TrainableModel model;
  private final LoadedProgram products;
  private final Random random = new Random(1);
  private final Gpt2Config config;
  private final int batch;
  private final int sequence;
  private long step;

  /**
   * @param batch sequences of an update
   * @param sequence tokens of a sequence
   * @param precision of the linear layers: fp32 or bf16
   * @param device cpu, cuda or cuda:N
   * @param threads of the CPU, or 0 for the engine's choice
   * @throws dev.paceline.common.UserError if a value is not one of these
   */
  public TrainingLoad(
      Gpt2Config config, int batch, int sequence, String precision, String device, int threads) {
    this.config = config;
    this.batch = batch;
    this.sequence = sequence;
    Device on = Devices.of(device, threads);
    TrainSpec spec = new TrainSpec(config, Devices.compute(precision));
    model = new TrainableModel(spec, on);
    model.restore(Weights.fresh(model.layout(), 1));
    products = new LoadedProgram(ProductsProgram.build(spec, batch * sequence), on);
    try (NDManager scope = products.scope()) {
      products.run(scope, "prepare", scope.create(0f));
    }
  }

  /** Tokens of an update. */
  public int tokens() {
    return batch * sequence;
  }

  /**
   * One update: gradient, clipping, AdamW.
   *
   * @return mean loss before it, nats per token
   */
  public double update() {
    int[][] ids = new int[batch][];
    for (int b = 0; b < batch; b++) {
      ids[b] = random.ints(sequence + 1L, 0, config.vocabSize()).toArray();
    }
    double loss = model.accumulate(ids, 1.0 / tokens());
    model.clip(1);
    step++;
    model.update(Optimizer.ADAMW, new Optimizer.Step(step, 1e-3, 0.05));
    return loss / tokens();
  }

  /** The matrix products of one update's linear layers and head. */
  public void products() {
    try (NDManager scope = products.scope()) {
      products.run(scope, "products").get("0, 0").attach(scope);
    }
  }

  @Override
  public void close() {
    products.close();
    model.close();
  }
}
