package dev.paceline.benchmarks.serve;

import java.util.OptionalInt;
import java.util.Random;

/**
 * Drafts from the recorded text, each token wrong with a chosen chance, at no cost. It follows the
 * client's side of the protocol: what was sent, and in which epoch.
 */
final class SyntheticDrafter {
  private final double acceptance;
  private final boolean followsAdvice;
  private final int vocabulary;
  private final Random random;
  private int window;
  private int[] drafts = new int[0];
  private int sent;
  private int epoch;

  /**
   * @param window draft tokens in flight
   * @param followsAdvice whether the server's advice replaces the window
   */
  SyntheticDrafter(
      double acceptance, int window, boolean followsAdvice, int vocabulary, long seed) {
    this.acceptance = acceptance;
    this.window = window;
    this.followsAdvice = followsAdvice;
    this.vocabulary = vocabulary;
    random = new Random(seed);
  }

  int epoch() {
    return epoch;
  }

  /** Output index of the first token that {@link #next} has not handed out. */
  int sent() {
    return sent;
  }

  /** A new generation begins. */
  void begin(int firstEpoch, int length) {
    drafts = new int[length];
    sent = 0;
    epoch = firstEpoch;
  }

  /** The target wrote this token at an output index. */
  void written(int index, int id) {
    if (index < sent && drafts[index] != id) {
      sent = index;
      epoch++;
    }
  }

  /** All tokens of a verdict were {@link #written}. */
  void verified(int count, int serverEpoch, OptionalInt advice) {
    if (serverEpoch > epoch) {
      epoch = serverEpoch;
      sent = count;
    }
    sent = Math.max(sent, count);
    if (followsAdvice) {
      window = advice.orElse(window);
    }
  }

  /**
   * The next drafts, which count as sent then. None for the last position, which the target picks
   * in any case.
   */
  int[] next(int[] truth, int verified) {
    return next(truth, verified, window);
  }

  /** As {@link #next(int[], int)}, with so many in flight at most. */
  int[] next(int[] truth, int verified, int inFlight) {
    int from = sent;
    int to = Math.max(from, Math.min(verified + inFlight, truth.length - 1));
    int[] ids = new int[to - from];
    for (int i = from; i < to; i++) {
      boolean right = random.nextDouble() < acceptance;
      int id = right ? truth[i] : (truth[i] + 1 + random.nextInt(vocabulary - 1)) % vocabulary;
      drafts[i] = id;
      ids[i - from] = id;
    }
    sent = to;
    return ids;
  }
}
