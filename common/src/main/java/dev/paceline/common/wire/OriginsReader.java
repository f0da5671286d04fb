package dev.paceline.common.wire;

import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.v1.Draft;
import dev.paceline.v1.SparseDistribution;

/**
 * What a client says its drafts were sampled from. Whatever passes is a distribution that the rules
 * can go by; whether the drafts really came from it is the client's own business, since only its
 * own text depends on that.
 */
final class OriginsReader {
  private OriginsReader() {}

  /**
   * Reads one distribution for each id; none in {@code COUPLED}.
   *
   * @param ids of the frame, in the vocabulary
   * @param vocabulary ids are in [0, vocabulary)
   * @throws dev.paceline.common.UserError naming the first value that cannot be
   */
  static DraftDistribution[] read(
      Draft draft, int[] ids, int vocabulary, VerificationMode verification) {
    boolean paper = verification == VerificationMode.PAPER;
    boolean residual = verification == VerificationMode.RESIDUAL;
    count("probabilities", draft.getQCount(), paper ? ids.length : 0, verification);
    int sparse = draft.getDistributionsCount();
    count("distributions", sparse, residual ? ids.length : 0, verification);
    DraftDistribution[] origins = new DraftDistribution[paper || residual ? ids.length : 0];
    for (int i = 0; i < origins.length; i++) {
      origins[i] =
          paper
              ? DraftDistribution.of(ids[i], probability(draft.getQ(i), ids[i]))
              : sparse(draft.getDistributions(i), ids[i], vocabulary);
    }
    return origins;
  }

  private static void count(String what, int sent, int expected, VerificationMode verification) {
    if (sent != expected) {
      throw Protocol.refuse(
          "a draft frame has "
              + sent
              + " "
              + what
              + ", but verification "
              + verification
              + " takes "
              + expected);
    }
  }

  private static float probability(float q, int id) {
    if (!(q > 0 && q <= 1)) {
      throw Protocol.refuse(
          "probability " + q + " of draft " + id + " is not above 0 and at most 1");
    }
    return q;
  }

  private static DraftDistribution sparse(SparseDistribution from, int draft, int vocabulary) {
    int size = from.getIdsCount();
    if (size != from.getUnitsCount() || size > Protocol.MAX_DISTRIBUTION_IDS) {
      throw Protocol.refuse(
          "a draft's distribution has "
              + size
              + " ids and "
              + from.getUnitsCount()
              + " probabilities instead of as many, at most "
              + Protocol.MAX_DISTRIBUTION_IDS);
    }
    int[] ids = new int[size];
    float[] q = new float[size];
    long sum = 0;
    boolean drafted = false;
    for (int i = 0; i < size; i++) {
      ids[i] = from.getIds(i);
      if (ids[i] < 0 || ids[i] >= vocabulary || i > 0 && ids[i] <= ids[i - 1]) {
        throw Protocol.refuse(
            "token id "
                + ids[i]
                + " in a draft's distribution is outside the vocabulary of "
                + vocabulary
                + " or not above the one before it");
      }
      int units = from.getUnits(i);
      if (units < 1 || units > DraftDistribution.UNITS) {
        throw Protocol.refuse(
            "probability "
                + Integer.toUnsignedString(units)
                + "/"
                + DraftDistribution.UNITS
                + " in a draft's distribution is not above 0 and at most 1");
      }
      q[i] = (float) units / DraftDistribution.UNITS;
      sum += units;
      drafted |= ids[i] == draft;
    }
    if (sum != DraftDistribution.UNITS || !drafted) {
      throw Protocol.refuse(
          "the distribution of draft "
              + draft
              + " sums to "
              + sum
              + "/"
              + DraftDistribution.UNITS
              + (drafted ? "" : " and gives it no probability"));
    }
    return new DraftDistribution(ids, q);
  }
}
