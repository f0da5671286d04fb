package dev.paceline.scheduler.masac;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/** Adam (Kingma and Ba) over a network's weights. */
final class Adam {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final SetNetwork network;
  private final float rate;
  private final List<NDArray> mean = new ArrayList<>();
  private final List<NDArray> square = new ArrayList<>();
  private int step;

  Adam(SetNetwork network, float rate) {
    this.network = network;
    this.rate = rate;
    for (NDArray weight : network.plain()) {
      mean.add(weight.zerosLike());
      square.add(weight.zerosLike());
    }
  }

  /**
   * What the next step depends on besides weights and gradients.
   *
   * @param step steps made
   * @param moments means, then means of squares, of every weight
   */
  record State(int step, float[][] moments) {}

  State state() {
    float[][] moments = new float[2 * mean.size()][];
    for (int k = 0; k < mean.size(); k++) {
      moments[k] = mean.get(k).toFloatArray();
      moments[mean.size() + k] = square.get(k).toFloatArray();
    }
    return new State(step, moments);
  }

  /** Goes on where another optimiser of a network of this shape was. */
  void restore(State state) {
    step = state.step();
    for (int k = 0; k < mean.size(); k++) {
      mean.get(k).set(FloatBuffer.wrap(state.moments()[k]));
      square.get(k).set(FloatBuffer.wrap(state.moments()[mean.size() + k]));
    }
  }

  /** One step along the gradients, which are zeroed afterwards. */
  void update(NDManager scratch) {
    step++;
    float unbias1 = (float) (1 - Math.pow(BETA1, step));
    float unbias2 = (float) (1 - Math.pow(BETA2, step));
    for (int k = 0; k < mean.size(); k++) {
      NDArray gradient = network.weights().get(k).getGradient();
      gradient.attach(scratch);
      mean.get(k).muli(BETA1).addi(gradient.mul(1 - BETA1));
      square.get(k).muli(BETA2).addi(gradient.square().muli(1 - BETA2));
      NDArray root = gradient.onesLike().muli(square.get(k)).divi(unbias2).sqrt().addi(EPSILON);
      NDArray change = gradient.onesLike().muli(mean.get(k)).muli(rate / unbias1).divi(root);
      network.plain().get(k).subi(change);
      gradient.muli(0);
    }
  }
}
