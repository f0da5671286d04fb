package dev.paceline.common.verification;

/**
 * What the target said about consecutive places, each conditioned on the drafts before it: enough
 * to judge those drafts once they are all there.
 */
public interface TargetView {
  /** How many places it covers. */
  int places();

  /** The first places only. */
  TargetView first(int count);

  /** The places of this view and then those of another of the same kind. */
  TargetView then(TargetView more);

  /**
   * Judges drafts at the first places.
   *
   * @param position of the first place
   * @param drafts as many as there are places, and then nothing follows them if all are accepted;
   *     or fewer, and then the target's own token does
   * @param q what each draft was sampled from; not read in {@code COUPLED}
   */
  Judgement judge(int position, int[] drafts, DraftDistribution[] q);
}
