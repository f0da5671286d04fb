package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import dev.paceline.models.torchscript.ElementType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Gradients against central finite differences, in fp64. */
class GradientTest {
  private static final float STEP = 1e-3f;

  @ParameterizedTest
  @EnumSource(Objective.class)
  void everyParameterMatchesFiniteDifferences(Objective objective) {
    try (TrainableModel model = Tiny.model(ElementType.DOUBLE, ElementType.DOUBLE);
        NDManager scope = model.scope()) {
      NDArray teacher = teacher(scope);
      float[] flat = model.vector("flat");
      double loss = loss(model, objective, teacher, 0.5);
      assertThat(loss).isPositive();
      float[] gradient = model.vector("grad");
      for (int i = 0; i < flat.length; i++) {
        float[] moved = flat.clone();
        moved[i] = flat[i] + STEP;
        float up = moved[i];
        model.restore(moved);
        double above = loss(model, objective, teacher, 0);
        moved[i] = flat[i] - STEP;
        model.restore(moved);
        double below = loss(model, objective, teacher, 0);
        double slope = (above - below) / ((double) up - moved[i]);
        assertThat((double) gradient[i])
            .as("%s, parameter %d", objective, i)
            .isCloseTo(0.5 * slope, within(2e-5 * (1 + Math.abs(slope))));
      }
    }
  }

  @Test
  void gradientsAddUpOverMicroBatches() {
    try (TrainableModel model = Tiny.model(ElementType.DOUBLE, ElementType.DOUBLE)) {
      model.accumulate(Tiny.BATCH, 0.25);
      float[] together = model.vector("grad");
      model.restore(model.vector("flat"));
      model.accumulate(new int[][] {Tiny.BATCH[0]}, 0.25);
      model.accumulate(new int[][] {Tiny.BATCH[1]}, 0.25);
      assertThat(model.vector("grad")).containsExactly(together, within(1e-6f));
    }
  }

  @Test
  void mixedPrecisionPointsTheSameWay() {
    try (TrainableModel exact = Tiny.model(ElementType.FLOAT, ElementType.FLOAT);
        TrainableModel mixed = Tiny.model(ElementType.FLOAT, ElementType.BFLOAT16)) {
      double a = exact.accumulate(Tiny.BATCH, 1);
      double b = mixed.accumulate(Tiny.BATCH, 1);
      assertThat(b).isCloseTo(a, within(0.02 * a));
      assertThat(cosine(exact.vector("grad"), mixed.vector("grad"))).isGreaterThan(0.999);
    }
  }

  private static double loss(
      TrainableModel model, Objective objective, NDArray teacher, double scale) {
    return objective == Objective.CROSS_ENTROPY
        ? model.accumulate(Tiny.BATCH, scale)
        : model.accumulate(objective, Tiny.BATCH, teacher, scale);
  }

  private static NDArray teacher(NDManager scope) {
    Random random = new Random(3);
    int rows = 12;
    double[] logits = new double[rows * Tiny.SHAPE.vocabSize()];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = random.nextGaussian();
    }
    return scope.create(logits, new Shape(rows, Tiny.SHAPE.vocabSize())).softmax(1);
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }
}
