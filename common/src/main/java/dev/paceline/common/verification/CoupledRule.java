package dev.paceline.common.verification;

import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;

/**
 * The default rule. The target's picks are the output; a draft only decides how many of them one
 * step yields. Hence the output is what the target alone would have written.
 */
public final class CoupledRule implements VerificationRule {
  /**
   * Judges a run by picks that the target has made already, on its device.
   *
   * @param drafts the judged run, length d
   * @param picks the target's pick at each place of the run and after it, length d + 1; the ones
   *     after the first disagreement are conditioned on a wrong prefix and not used
   */
  public static Judgement judge(int[] drafts, int[] picks) {
    if (picks.length != drafts.length + 1) {
      throw new IllegalArgumentException(drafts.length + " drafts, but " + picks.length + " picks");
    }
    return new Picked(picks).judge(0, drafts, new DraftDistribution[0]);
  }

  @Override
  public boolean accepts(long seed, int position, int draft, float[] p, DraftDistribution q) {
    return bonus(seed, position, p) == draft;
  }

  @Override
  public int recovered(long seed, int position, float[] p, DraftDistribution q) {
    return bonus(seed, position, p);
  }

  @Override
  public int bonus(long seed, int position, float[] p) {
    float[] logits = new float[p.length];
    for (int i = 0; i < p.length; i++) {
      logits[i] = (float) Math.log(p[i]);
    }
    return Race.pick(logits, new SamplingParams(1f, 0, 1f, seed), position);
  }
}
