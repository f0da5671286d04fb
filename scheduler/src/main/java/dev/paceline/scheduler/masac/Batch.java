package dev.paceline.scheduler.masac;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.function.Function;

/**
 * Observations padded to the largest.
 *
 * @param users [B, N, USER]
 * @param mask [B, N, 1]
 * @param active [B, N, ACTIONS]
 * @param server [B, SERVER]
 */
record Batch(NDArray users, NDArray mask, NDArray active, NDArray server) {

  /** Pads one observation of each transition. */
  static Batch of(
      NDManager manager, List<Transition> items, Function<Transition, Observation> which) {
    int size = items.size();
    int longest = 1;
    for (Transition item : items) {
      longest = Math.max(longest, which.apply(item).count());
    }
    float[] users = new float[size * longest * Features.USER];
    float[] mask = new float[size * longest];
    float[] active = new float[size * longest * Features.ACTIONS];
    float[] server = new float[size * Features.SERVER];
    for (int b = 0; b < size; b++) {
      Observation seen = which.apply(items.get(b));
      System.arraycopy(seen.server(), 0, server, b * Features.SERVER, Features.SERVER);
      for (int a = 0; a < seen.count(); a++) {
        int row = b * longest + a;
        mask[row] = 1;
        System.arraycopy(seen.users()[a], 0, users, row * Features.USER, Features.USER);
        System.arraycopy(seen.active()[a], 0, active, row * Features.ACTIONS, Features.ACTIONS);
      }
    }
    return new Batch(
        TensorEngine.array(manager, users, new Shape(size, longest, Features.USER)),
        TensorEngine.array(manager, mask, new Shape(size, longest, 1)),
        TensorEngine.array(manager, active, new Shape(size, longest, Features.ACTIONS)),
        TensorEngine.array(manager, server, new Shape(size, Features.SERVER)));
  }

  /** The actions taken, [B, N, ACTIONS]. */
  static NDArray actions(NDManager manager, List<Transition> items, long longest) {
    float[] actions = new float[(int) (items.size() * longest * Features.ACTIONS)];
    for (int b = 0; b < items.size(); b++) {
      float[][] taken = items.get(b).action();
      for (int a = 0; a < taken.length; a++) {
        int at = (int) (b * longest + a) * Features.ACTIONS;
        System.arraycopy(taken[a], 0, actions, at, Features.ACTIONS);
      }
    }
    return TensorEngine.array(manager, actions, new Shape(items.size(), longest, Features.ACTIONS));
  }
}
