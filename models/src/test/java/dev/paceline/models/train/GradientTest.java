package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.models.torchscript.ElementType;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients against central finite differences, in fp64. */
class GradientTest {
  private static final float STEP = 1e-5f;

  @Test
  void crossEntropyMatchesFiniteDifferencesInEveryParameter() {
    try (TrainableModel model = Tiny.model(ElementType.DOUBLE, ElementType.DOUBLE)) {
      matches(model, scale -> model.accumulate(Tiny.BATCH, scale));
    }
  }

  @ParameterizedTest
  @CsvSource({"FORWARD_KL, 0.3", "REVERSE_KL, 0.3", "TV, 0"})
  void distillationMatchesFiniteDifferencesInEveryParameter(Objective objective, double share) {
    try (PairModel pair = Tiny.pair(ElementType.DOUBLE)) {
      matches(pair.draft(), scale -> pair.accumulate(objective, share, Tiny.BATCH, scale));
    }
  }

  private static void matches(TrainableModel model, DoubleUnaryOperator accumulate) {
    float[] flat = model.vector("flat");
    double loss = accumulate.applyAsDouble(0.5);
    assertThat(loss).isPositive();
    float[] gradient = model.vector("grad");
    for (int i = 0; i < flat.length; i++) {
      float[] moved = flat.clone();
      moved[i] = flat[i] + STEP;
      float up = moved[i];
      model.freeze(moved);
      double above = accumulate.applyAsDouble(0);
      moved[i] = flat[i] - STEP;
      model.freeze(moved);
      double below = accumulate.applyAsDouble(0);
      double slope = (above - below) / ((double) up - moved[i]);
      assertThat((double) gradient[i])
          .as("parameter %d", i)
          .isCloseTo(0.5 * slope, within(2e-5 * (1 + Math.abs(slope))));
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
