package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;
import java.util.Random;

/** A tiny model for tests, with none of its dimensions equal. */
final class Tiny {
  static final Gpt2Config SHAPE = Gpt2Config.ofShape(19, 7, 8, 2, 2, 12);
  static final Gpt2Config TARGET = Gpt2Config.ofShape(19, 9, 12, 1, 3, 20);
  static final int[][] BATCH = {{3, 1, 4, 1, 5, 9, 2}, {6, 5, 3, 5, 8, 18, 17}};

  private Tiny() {}

  static TrainableModel model(ElementType master, ElementType compute) {
    // Five rows a chunk: the loss takes several chunks, the last of them short.
    TrainSpec spec = new TrainSpec(SHAPE, master, compute, 5);
    TrainableModel model = new TrainableModel(spec, Devices.of("cpu", 1));
    model.restore(weights(model.layout()));
    return model;
  }

  static TrainableModel model(Gpt2Config shape) {
    return new TrainableModel(new TrainSpec(shape, ElementType.FLOAT), Device.cpu());
  }

  /** The tiny model with a target of another shape, both with all their numbers in one type. */
  static PairModel pair(ElementType type) {
    TrainSpec draft = new TrainSpec(SHAPE, type, type, 5);
    TrainSpec target = new TrainSpec(TARGET, type, type, 5);
    PairModel pair = new PairModel(draft, target, Devices.of("cpu", 1));
    pair.teach(weights(new FlatLayout(TARGET)), new float[0]);
    pair.draft().restore(weights(pair.draft().layout()));
    return pair;
  }

  /** Weights large enough that no gradient vanishes. */
  static float[] weights(FlatLayout layout) {
    float[] flat = Weights.fresh(layout, 5);
    Random random = new Random(2);
    for (int i = 0; i < flat.length; i++) {
      flat[i] += 0.2f * (float) random.nextGaussian();
    }
    return flat;
  }
}
