package dev.paceline.scheduler.masac;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * {@link SetModel} on the tensor engine, for a batch of padded sets.
 *
 * <p>Arrays created here live as long as the manager given to the constructor; intermediate results
 * live in the manager of the inputs.
 */
final class SetNetwork {
  private final SetModel.Shape shape;
  private final List<NDArray> weights = new ArrayList<>();

  /** Views of the weights' memory outside the gradient graph, for updates in place. */
  private final List<NDArray> plain = new ArrayList<>();

  SetNetwork(NDManager manager, SetModel model, boolean trainable) {
    this.shape = model.shape();
    int[][] sizes = shape.sizes();
    for (int k = 0; k < sizes.length; k++) {
      NDArray weight =
          TensorEngine.array(manager, model.weights()[k], new Shape(sizes[k][0], sizes[k][1]));
      weight.setRequiresGradient(trainable);
      weights.add(weight);
      plain.add(weight.stopGradient());
    }
  }

  /** Weights that gradients flow to. */
  List<NDArray> weights() {
    return weights;
  }

  /** The same memory outside the graph. */
  List<NDArray> plain() {
    return plain;
  }

  /** A copy in plain Java. */
  SetModel model() {
    float[][] copy = new float[plain.size()][];
    for (int k = 0; k < copy.length; k++) {
      copy[k] = plain.get(k).toFloatArray();
    }
    return new SetModel(shape, copy);
  }

  /**
   * Runs the network.
   *
   * @param learn whether gradients flow to the weights
   * @param rows [B, N, inputs]
   * @param mask [B, N, 1], 1 for a row that exists
   * @param common [B, common]
   * @return [B, N, outputs] or [B, outputs]
   */
  NDArray run(boolean learn, NDArray rows, NDArray mask, NDArray common) {
    List<NDArray> w = learn ? weights : plain;
    long batch = rows.getShape().get(0);
    NDArray zero = TensorEngine.number(rows.getManager(), 0);
    NDArray encoded = rows.matMul(w.get(0)).add(w.get(1)).maximum(zero);
    encoded = encoded.matMul(w.get(2)).add(w.get(3)).maximum(zero).mul(mask);
    int[] overRows = {1};
    NDArray count = mask.sum(overRows).maximum(1f);
    NDArray mean = encoded.sum(overRows).div(count);
    NDArray most = encoded.max(overRows);
    NDArray context = mean.concat(most, -1).concat(common, -1);
    NDArray shared = context.matMul(w.get(5)).add(w.get(6));
    if (!shape.perRow()) {
      return shared.maximum(zero).matMul(w.get(7)).add(w.get(8));
    }
    NDArray mixed =
        encoded.matMul(w.get(4)).add(shared.reshape(batch, 1, shape.hidden())).maximum(zero);
    return mixed.matMul(w.get(7)).add(w.get(8));
  }
}
