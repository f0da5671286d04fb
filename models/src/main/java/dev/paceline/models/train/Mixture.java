package dev.paceline.models.train;

import dev.paceline.common.UserError;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Training sequences from several corpora in given shares. Each corpus is read without replacement:
 * an epoch is its windows in a random order, cut at a random offset. The n-th sequence depends on
 * the seed and the counts of sequences drawn before only, so the counts are the whole state.
 */
final class Mixture {
  private final List<Corpus> corpora;
  private final double[] shares;
  private final int length;
  private final long seed;
  private final long[] drawn;
  private final long[] epochs;
  private final int[][] orders;
  private final int[] offsets;

  /**
   * @param weights relative shares of the corpora
   * @param length tokens of a sequence without the last target
   * @throws UserError if a corpus is too short
   */
  Mixture(List<Corpus> corpora, double[] weights, int length, long seed) {
    this.corpora = List.copyOf(corpora);
    this.length = length;
    this.seed = seed;
    this.shares = weights.clone();
    this.drawn = new long[corpora.size()];
    this.epochs = new long[corpora.size()];
    this.orders = new int[corpora.size()][];
    this.offsets = new int[corpora.size()];
    double sum = 0;
    for (double weight : weights) {
      sum += weight;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= sum;
      if (corpora.get(i).size() < 2 * length + 1) {
        throw new UserError(
            "a text of "
                + corpora.get(i).size()
                + " tokens is too short for sequences of "
                + length
                + ": at least "
                + (2 * length + 1)
                + " are needed");
      }
      deal(i, 0);
    }
  }

  /** Sequences drawn from each corpus so far. */
  long[] drawn() {
    return drawn.clone();
  }

  /** Goes on where {@link #drawn} was these counts. */
  void resume(long[] counts) {
    System.arraycopy(counts, 0, drawn, 0, drawn.length);
  }

  /** Tokens of all corpora. */
  long tokens() {
    return corpora.stream().mapToLong(Corpus::size).sum();
  }

  /** The next {@code count} sequences of length + 1 tokens. */
  int[][] next(int count) {
    int[][] batch = new int[count][];
    for (int b = 0; b < count; b++) {
      int source = mostBehind();
      int windows = orders[source].length;
      long epoch = drawn[source] / windows;
      if (epoch != epochs[source]) {
        deal(source, epoch);
      }
      int window = orders[source][(int) (drawn[source] % windows)];
      drawn[source]++;
      batch[b] = corpora.get(source).window(offsets[source] + window * length, length + 1);
    }
    return batch;
  }

  /** The corpus that is furthest below its share. */
  private int mostBehind() {
    long total = 0;
    for (long each : drawn) {
      total += each;
    }
    int best = 0;
    for (int i = 1; i < shares.length; i++) {
      if (shares[i] * (total + 1) - drawn[i] > shares[best] * (total + 1) - drawn[best]) {
        best = i;
      }
    }
    return best;
  }

  private void deal(int source, long epoch) {
    SplittableRandom random = new SplittableRandom(seed + 1_000_003L * source + 7919L * epoch);
    int windows = (corpora.get(source).size() - 1) / length - 1;
    int[] order = new int[windows];
    for (int i = 0; i < windows; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    orders[source] = order;
    offsets[source] = random.nextInt(length);
    epochs[source] = epoch;
  }
}
