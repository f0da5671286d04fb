package dev.paceline.common.speculation.control;

/**
 * When to stop drafting ahead: a chain of unverified drafts is worth another one only while it may
 * still be right.
 *
 * <p>Let S be the chance that the whole chain is right, the product of its drafts' chances, and α
 * that of one more. One more draft saves V = s − d, the server's turn for a token alone less the
 * draft's, if it and all before it are right. It costs its price in energy; and if the chain is
 * wrong already, the contradiction may arrive while it is made, with chance min(1, d / s), and the
 * next chain begins half a draft later. So another draft is worth making while
 *
 * <pre>S · α · V  &gt;  price + (1 − S) · min(1, d / s) · d / 2.</pre>
 */
public final class StopRule {
  private StopRule() {}

  /** The chance S below which a chain is not continued; above 1 if no draft is worth its price. */
  public static double threshold(Conditions conditions) {
    double draft = conditions.draftNanos();
    double saves = conditions.acceptance() * Math.max(0, conditions.turnNanos() - draft);
    double late = Math.min(1, draft / Math.max(1, conditions.turnNanos())) * draft / 2;
    double gain = saves + late;
    return gain <= 0 ? 2 : (conditions.draftPriceNanos() + late) / gain;
  }
}
