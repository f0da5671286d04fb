package dev.paceline.common.verification;

import java.util.Arrays;

/**
 * The default rule. The target's picks are the output; a draft only decides how many of them one
 * step yields. Hence the output is what the target alone would have written.
 */
public final class CoupledRule {
  private CoupledRule() {}

  /**
   * @param drafts the judged run, length d
   * @param picks the target's pick at each place of the run and after it, length d + 1; the ones
   *     after the first disagreement are conditioned on a wrong prefix and not used
   */
  public static Judgement judge(int[] drafts, int[] picks) {
    if (picks.length != drafts.length + 1) {
      throw new IllegalArgumentException(drafts.length + " drafts, but " + picks.length + " picks");
    }
    int accepted = 0;
    while (accepted < drafts.length && drafts[accepted] == picks[accepted]) {
      accepted++;
    }
    return new Judgement(accepted, Arrays.copyOf(picks, accepted + 1));
  }
}
