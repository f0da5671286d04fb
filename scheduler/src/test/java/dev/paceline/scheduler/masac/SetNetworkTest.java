package dev.paceline.scheduler.masac;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SetNetworkTest {
  private static final SetModel.Shape ROWS = new SetModel.Shape(3, 2, 4, 2, true);
  private static final SetModel.Shape POOLED = new SetModel.Shape(3, 2, 4, 1, false);

  private final SplittableRandom random = new SplittableRandom(5);

  /** Autograd against central differences of a double-precision copy written here. */
  @Test
  void gradientsMatchFiniteDifferences() {
    for (SetModel.Shape shape : new SetModel.Shape[] {ROWS, POOLED}) {
      SetModel model = filled(shape);
      float[][] rows = rows(3, shape.inputs());
      float[] common = {0.3f, -0.7f};
      try (NDManager manager = TensorEngine.manager()) {
        SetNetwork network = new SetNetwork(manager, model, true);
        try (GradientCollector collector = TensorEngine.collector()) {
          collector.backward(run(manager, network, rows, common, 5).square().sum());
        }
        int checked = 0;
        for (int k = 0; k < model.weights().length; k++) {
          if (!shape.perRow() && k == 4) {
            continue;
          }
          float[] gradient = network.weights().get(k).getGradient().toFloatArray();
          double[][] weights = widen(model.weights());
          for (int p = 0; p < gradient.length; p++) {
            double centre = weights[k][p];
            weights[k][p] = centre + 1e-6;
            double up = squares(shape, weights, rows, common);
            weights[k][p] = centre - 1e-6;
            double down = squares(shape, weights, rows, common);
            weights[k][p] = centre;
            double expected = (up - down) / 2e-6;
            assertThat((double) gradient[p])
                .as("weight %s, element %s", k, p)
                .isCloseTo(expected, within(1e-3 * Math.abs(expected) + 1e-4));
            checked++;
          }
        }
        assertThat(checked).isGreaterThan(70);
      }
    }
  }

  /** What autograd keeps for the way back must not live in memory that Java gives to others. */
  @Test
  void gradientsDoNotDependOnWhenMemoryIsCollected() throws InterruptedException {
    SetModel model = filled(ROWS);
    float[][] rows = rows(3, ROWS.inputs());
    float[] common = {0.3f, -0.7f};
    List<float[]> quiet = gradients(model, rows, common, false);
    for (int k = 0; k < 3; k++) {
      assertThat(gradients(model, rows, common, true).toArray(float[][]::new))
          .isDeepEqualTo(quiet.toArray(float[][]::new));
    }
  }

  private List<float[]> gradients(SetModel model, float[][] rows, float[] common, boolean collect)
      throws InterruptedException {
    try (NDManager manager = TensorEngine.manager()) {
      SetNetwork network = new SetNetwork(manager, model, true);
      try (GradientCollector collector = TensorEngine.collector()) {
        NDArray loss = run(manager, network, rows, common, 5).square().sum();
        List<ByteBuffer> others = new ArrayList<>();
        if (collect) {
          System.gc();
          // Freeing is the work of another thread; what it has not freed cannot fail the test.
          Thread.sleep(20);
          for (int k = 0; k < 20_000; k++) {
            others.add(ByteBuffer.allocateDirect(4).order(ByteOrder.nativeOrder()).putFloat(0, 9));
          }
        }
        collector.backward(loss);
        assertThat(others).hasSize(collect ? 20_000 : 0);
      }
      return network.weights().stream().map(w -> w.getGradient().toFloatArray()).toList();
    }
  }

  @Test
  void bothImplementationsAgreeWhateverThePadding() {
    for (SetModel.Shape shape : new SetModel.Shape[] {ROWS, POOLED}) {
      SetModel model = filled(shape);
      for (int count : new int[] {0, 1, 4}) {
        float[][] rows = rows(count, shape.inputs());
        float[] common = {0.1f, 2f};
        try (NDManager manager = TensorEngine.manager()) {
          SetNetwork network = new SetNetwork(manager, model, false);
          float[] tensors = run(manager, network, rows, common, 6).toFloatArray();
          float[][] plain = model.run(rows, common);
          for (int r = 0; r < plain.length; r++) {
            for (int k = 0; k < shape.outputs(); k++) {
              assertThat(tensors[r * shape.outputs() + k]).isCloseTo(plain[r][k], within(1e-5f));
            }
          }
        }
      }
    }
  }

  @Test
  void rowOutputsPermuteWithTheRows() {
    SetModel model = filled(ROWS);
    float[][] rows = rows(3, 3);
    float[][] permuted = {rows[2], rows[0], rows[1]};
    float[][] out = model.run(rows, new float[] {1, 1});
    float[][] other = model.run(permuted, new float[] {1, 1});
    assertThat(other[0]).containsExactly(out[2], within(1e-6f));
    assertThat(other[1]).containsExactly(out[0], within(1e-6f));
    assertThat(other[2]).containsExactly(out[1], within(1e-6f));
  }

  private NDArray run(
      NDManager manager, SetNetwork network, float[][] rows, float[] common, int padded) {
    float[] flat = new float[padded * 3];
    float[] mask = new float[padded];
    for (int r = 0; r < padded; r++) {
      for (int k = 0; k < 3; k++) {
        flat[3 * r + k] = r < rows.length ? rows[r][k] : random.nextFloat();
      }
      mask[r] = r < rows.length ? 1 : 0;
    }
    NDArray out =
        network.run(
            true,
            manager.create(flat, new Shape(1, padded, 3)),
            manager.create(mask, new Shape(1, padded, 1)),
            manager.create(common, new Shape(1, 2)));
    return out.getShape().dimension() == 3 ? out.get("0, 0:" + rows.length) : out;
  }

  private SetModel filled(SetModel.Shape shape) {
    SetModel model = SetModel.fresh(shape, random);
    for (float[] weight : model.weights()) {
      for (int p = 0; p < weight.length; p++) {
        weight[p] = (float) random.nextGaussian();
      }
    }
    return model;
  }

  private float[][] rows(int count, int inputs) {
    float[][] rows = new float[count][inputs];
    for (float[] row : rows) {
      for (int k = 0; k < inputs; k++) {
        row[k] = (float) random.nextGaussian();
      }
    }
    return rows;
  }

  private static double[][] widen(float[][] weights) {
    double[][] wide = new double[weights.length][];
    for (int k = 0; k < wide.length; k++) {
      wide[k] = new double[weights[k].length];
      for (int p = 0; p < wide[k].length; p++) {
        wide[k][p] = weights[k][p];
      }
    }
    return wide;
  }

  /** Σ outputs², from the definition of the network. */
  private static double squares(
      SetModel.Shape shape, double[][] w, float[][] rows, float[] common) {
    int h = shape.hidden();
    double[][] encoded = new double[rows.length][];
    double[] context = new double[2 * h + common.length];
    for (int r = 0; r < rows.length; r++) {
      double[] in = new double[rows[r].length];
      for (int k = 0; k < in.length; k++) {
        in[k] = rows[r][k];
      }
      encoded[r] = relu(affine(relu(affine(in, w[0], w[1])), w[2], w[3]));
      for (int k = 0; k < h; k++) {
        context[k] += encoded[r][k] / rows.length;
        context[h + k] = Math.max(context[h + k], encoded[r][k]);
      }
    }
    for (int k = 0; k < common.length; k++) {
      context[2 * h + k] = common[k];
    }
    double[] shared = affine(context, w[5], w[6]);
    double sum = 0;
    if (!shape.perRow()) {
      for (double v : affine(relu(shared), w[7], w[8])) {
        sum += v * v;
      }
      return sum;
    }
    for (double[] row : encoded) {
      for (double v : affine(relu(affine(row, w[4], shared)), w[7], w[8])) {
        sum += v * v;
      }
    }
    return sum;
  }

  private static double[] affine(double[] in, double[] weight, double[] bias) {
    double[] out = bias.clone();
    for (int p = 0; p < in.length; p++) {
      for (int k = 0; k < out.length; k++) {
        out[k] += in[p] * weight[p * out.length + k];
      }
    }
    return out;
  }

  private static double[] relu(double[] values) {
    double[] out = new double[values.length];
    for (int k = 0; k < out.length; k++) {
      out[k] = Math.max(0, values[k]);
    }
    return out;
  }
}
