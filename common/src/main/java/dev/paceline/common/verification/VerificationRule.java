package dev.paceline.common.verification;

import java.util.Arrays;
import java.util.function.IntFunction;

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
   * Judges a run of drafts.
   *
   * @param seed of the session
   * @param position of the first draft
   * @param drafts at most as many as there are places; the target's own token follows them if they
   *     are fewer and all accepted
   * @param p the target's distribution at a place below {@code places}; asked for once each, as far
   *     as the run is accepted
   * @param q what each draft was sampled from, at least as many
   */
  default Judgement judge(
      long seed,
      int position,
      int[] drafts,
      IntFunction<float[]> p,
      int places,
      DraftDistribution[] q) {
    if (places < 1 || drafts.length > places || q.length < drafts.length) {
      throw new IllegalArgumentException(
          drafts.length + " drafts, but " + places + " places and " + q.length + " distributions");
    }
    for (int i = 0; i < drafts.length; i++) {
      float[] here = p.apply(i);
      if (!accepts(seed, position + i, drafts[i], here, q[i])) {
        int[] output = Arrays.copyOf(drafts, i + 1);
        output[i] = recovered(seed, position + i, here, q[i]);
        return new Judgement(i, output);
      }
    }
    int accepted = drafts.length;
    int[] output = Arrays.copyOf(drafts, Math.min(accepted + 1, places));
    if (accepted < places) {
      output[accepted] = bonus(seed, position + accepted, p.apply(accepted));
    }
    return new Judgement(accepted, output);
  }

  /** The rule of a mode. */
  static VerificationRule of(VerificationMode mode) {
    switch (mode) {
      case COUPLED:
        return new CoupledRule();
      case PAPER:
        return new PaperRule();
      case RESIDUAL:
        return new ResidualRule();
    }
    throw new AssertionError(mode);
  }
}
