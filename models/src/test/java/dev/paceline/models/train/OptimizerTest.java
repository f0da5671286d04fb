package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.models.torchscript.ElementType;
import dev.paceline.models.train.FlatLayout.Kind;
import dev.paceline.models.train.FlatLayout.Part;
import org.junit.jupiter.api.Test;

class OptimizerTest {
  /** Loshchilov and Hutter, algorithm 2, written out. */
  @Test
  void adamwFollowsItsFormula() {
    try (TrainableModel model = Tiny.model(ElementType.FLOAT, ElementType.FLOAT)) {
      FlatLayout layout = model.layout();
      long decayed = layout.size(Kind.EMBEDDING) + layout.size(Kind.MATRIX);
      double[] weight = doubles(model.vector("flat"));
      double[] mean = new double[weight.length];
      double[] square = new double[weight.length];
      for (int n = 1; n <= 3; n++) {
        model.accumulate(Tiny.BATCH, 0.1);
        float[] gradient = model.vector("grad");
        model.update(Optimizer.ADAMW, new Optimizer.Step(n, 0.01, 0.3));
        for (int i = 0; i < weight.length; i++) {
          mean[i] = 0.9 * mean[i] + 0.1 * gradient[i];
          square[i] = 0.95 * square[i] + 0.05 * gradient[i] * gradient[i];
          double m = mean[i] / (1 - Math.pow(0.9, n));
          double v = square[i] / (1 - Math.pow(0.95, n));
          weight[i] -= i < decayed ? 0.01 * 0.3 * weight[i] : 0;
          weight[i] -= 0.01 * m / (Math.sqrt(v) + 1e-8);
        }
      }
      float[] got = model.vector("flat");
      for (int i = 0; i < got.length; i++) {
        assertThat((double) got[i]).isCloseTo(weight[i], within(2e-5));
      }
      assertThat(model.vector("grad")).containsOnly(0f);
    }
  }

  /** Five Newton–Schulz steps bring singular values near 1: the rows are nearly orthonormal. */
  @Test
  void muonMovesMatricesByNearlyOrthogonalUpdates() {
    try (TrainableModel model = Tiny.model(ElementType.FLOAT, ElementType.FLOAT)) {
      float[] before = model.vector("flat");
      model.accumulate(Tiny.BATCH, 0.1);
      model.update(Optimizer.MUON, new Optimizer.Step(1, 0.01, 0));
      float[] after = model.vector("flat");
      Part part = model.layout().part("fc_w");
      int in = (int) part.shape()[0];
      int out = (int) part.shape()[1];
      double size = 0.01 * 0.2 * Math.sqrt(out);
      double trace = 0;
      for (int i = (int) part.start(); i < part.start() + in * out; i++) {
        double moved = (after[i] - before[i]) / size;
        trace += moved * moved;
      }
      // The sum of squared singular values, each between about 0.7² and 1.2².
      assertThat(trace / in).isBetween(0.4, 1.5);
    }
  }

  @Test
  void clippingScalesToTheNorm() {
    try (TrainableModel model = Tiny.model(ElementType.FLOAT, ElementType.FLOAT)) {
      model.accumulate(Tiny.BATCH, 1);
      double before = norm(model.vector("grad"));
      assertThat(before).isGreaterThan(0.5);
      assertThat(model.clip(0.5)).isCloseTo(before, within(1e-4 * before));
      assertThat(norm(model.vector("grad"))).isCloseTo(0.5, within(1e-4));
      assertThat(model.clip(0.6)).isCloseTo(0.5, within(1e-4));
      assertThat(norm(model.vector("grad"))).isCloseTo(0.5, within(1e-4));
    }
  }

  private static double norm(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }
}
