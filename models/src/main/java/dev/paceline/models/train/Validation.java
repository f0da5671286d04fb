package dev.paceline.models.train;

import dev.paceline.common.UserError;
import java.util.ArrayList;
import java.util.List;

/**
 * Held-out loss: a text is cut into windows that do not overlap, and each is scored from its second
 * token on.
 *
 * @param name of the text
 * @param windows of equal length
 */
record Validation(String name, List<int[]> windows) {
  private static final int BATCH = 8;

  /**
   * @param limit windows at most, evenly spread; 0 for all
   */
  static Validation of(String name, Corpus corpus, int window, int limit) {
    int count = corpus.size() / window;
    if (count == 0) {
      throw new UserError(
          name + " has only " + corpus.size() + " tokens; validation needs " + window);
    }
    int used = limit == 0 ? count : Math.min(limit, count);
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i < used; i++) {
      windows.add(corpus.window((int) ((long) i * count / used) * window, window));
    }
    return new Validation(name, windows);
  }

  /** Mean cross-entropy, nats per token. */
  double loss(TrainableModel model) {
    double sum = 0;
    for (int[][] batch : batches(windows)) {
      sum += model.loss(batch);
    }
    return sum / windows.size() / (windows.get(0).length - 1);
  }

  /** The windows in batches that are small enough for a forward pass. */
  static List<int[][]> batches(List<int[]> windows) {
    List<int[][]> batches = new ArrayList<>();
    for (int from = 0; from < windows.size(); from += BATCH) {
      int to = Math.min(windows.size(), from + BATCH);
      batches.add(windows.subList(from, to).toArray(int[][]::new));
    }
    return batches;
  }
}
