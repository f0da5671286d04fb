package dev.paceline.common.verification;

import java.util.Arrays;

/**
 * Judges drafts where the target's distributions are at hand. An implementation states what happens
 * at one position; {@link #judge} applies it to a run. Everything random is hashed from the seed
 * and the position, so a judgement can be repeated.
 */
public interface VerificationRule {
  /**
   * Whether a draft becomes output.
   *
   * @param position of the draft
   * @param p the target's distribution there, after temperature and filters; sums to 1
   * @param q what the draft was sampled from
   */
  boolean accepts(long seed, int position, int draft, float[] p, DraftDistribution q);

  /** The target's token at a position whose draft was rejected. */
  int recovered(long seed, int position, float[] p, DraftDistribution q);

  /** The target's token at a position without a draft. */
  int bonus(long seed, int position, float[] p);

  /**
   * Judges a run.
   *
   * @param position of the first draft
   * @param drafts d ids
   * @param p d + 1 distributions over the vocabulary, each conditioned on the drafts before it
   * @param q d draft distributions
   */
  default Judgement judge(
      long seed, int position, int[] drafts, float[][] p, DraftDistribution[] q) {
    if (p.length != drafts.length + 1 || q.length != drafts.length) {
      throw new IllegalArgumentException(
          drafts.length + " drafts, but " + p.length + " and " + q.length + " distributions");
    }
    int accepted = 0;
    while (accepted < drafts.length
        && accepts(seed, position + accepted, drafts[accepted], p[accepted], q[accepted])) {
      accepted++;
    }
    int[] output = Arrays.copyOf(drafts, accepted + 1);
    output[accepted] =
        accepted < drafts.length
            ? recovered(seed, position + accepted, p[accepted], q[accepted])
            : bonus(seed, position + accepted, p[accepted]);
    return new Judgement(accepted, output);
  }
}
