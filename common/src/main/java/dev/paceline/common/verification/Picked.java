package dev.paceline.common.verification;

import java.util.Arrays;

/**
 * The target's own picks, made on its device, by the rule {@link CoupledRule}. Immutable; the array
 * must not be changed.
 */
public final class Picked implements TargetView {
  private final int[] picks;

  /**
   * @param picks one id for each place
   */
  public Picked(int[] picks) {
    this.picks = picks;
  }

  @Override
  public int places() {
    return picks.length;
  }

  @Override
  public TargetView first(int count) {
    return new Picked(Arrays.copyOf(picks, count));
  }

  @Override
  public TargetView then(TargetView more) {
    int[] rest = ((Picked) more).picks;
    int[] all = Arrays.copyOf(picks, picks.length + rest.length);
    System.arraycopy(rest, 0, all, picks.length, rest.length);
    return new Picked(all);
  }

  /** {@inheritDoc} The picks after the first disagreement belong to a wrong prefix. */
  @Override
  public Judgement judge(int position, int[] drafts, DraftDistribution[] q) {
    int accepted = 0;
    while (accepted < drafts.length && drafts[accepted] == picks[accepted]) {
      accepted++;
    }
    return new Judgement(accepted, Arrays.copyOf(picks, Math.min(accepted + 1, picks.length)));
  }
}
