package dev.paceline.models.train;

import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;

/**
 * What a training program is made for.
 *
 * @param config the model's shape
 * @param master type of weights, moments, norms, softmax and loss: FLOAT, or DOUBLE for tests
 * @param compute type of the linear layers and, on CUDA, of attention; BFLOAT16 or HALF is mixed
 *     precision
 * @param lossRows rows of logits per chunk of the fused loss
 */
record TrainSpec(Gpt2Config config, ElementType master, ElementType compute, int lossRows) {
  /**
   * About 4 MB of logits at a time stay in the cache of most CPUs; but fewer than 64 rows would
   * read the head of a large vocabulary more often than they use it.
   */
  private static final int CHUNK_BYTES = 4 << 20;

  TrainSpec(Gpt2Config config, ElementType master, ElementType compute) {
    this(config, master, compute, rows(config, master));
  }

  /** With fp32 weights. */
  TrainSpec(Gpt2Config config, ElementType compute) {
    this(config, ElementType.FLOAT, compute);
  }

  boolean mixed() {
    return master != compute;
  }

  private static int rows(Gpt2Config config, ElementType master) {
    return Math.max(64, CHUNK_BYTES / master.bytes() / config.vocabSize() / 8 * 8);
  }
}
