package dev.paceline.common.speculation.control;

/**
 * When to stop drafting ahead: a chain of unverified drafts is worth another one only while it may
 * still be right.
 *
 * <p>Let S be the chance that the whole chain is right, the product of its drafts' chances, and α
 * that of one more. One more draft saves V = s − d, the server's turn for a token alone less the
 * draft's, if it and all before it are right. It costs its price in energy; and if the chain is
 * wrong already and the contradiction arrives while the draft is made, the next chain begins later
 * by a delay D, what is then left of the draft. So another draft is worth making while
 *
 * <pre>S · α · V  &gt;  price + (1 − S) · D.</pre>
 *
 * <p>Where the next verdict can be foreseen, so can D: nothing for a draft that is finished before
 * it, up to d for one begun just before it. A client that drafts without pause otherwise loses half
 * a draft at each contradiction, a fiftieth of all time where a draft takes a tenth of a step.
 */
public final class StopRule {
  /** A chain that is so hardly ever right is not continued even where that costs nothing. */
  private static final double LEAST = 0.005;

  private StopRule() {}

  /**
   * The chance S below which a chain is not continued; above 1 if no draft is worth its price.
   *
   * @param delayNanos D
   */
  public static double threshold(Conditions conditions, double delayNanos) {
    double saves =
        conditions.acceptance() * Math.max(0, conditions.turnNanos() - conditions.draftNanos());
    double gain = saves + delayNanos;
    double least = gain <= 0 ? 2 : (conditions.draftPriceNanos() + delayNanos) / gain;
    return Math.max(LEAST, least);
  }

  /** D when the next verdict may come at any time of a turn: min(1, d / s) · d / 2. */
  public static double usualDelayNanos(Conditions conditions) {
    double draft = conditions.draftNanos();
    return Math.min(1, draft / Math.max(1, conditions.turnNanos())) * draft / 2;
  }

  /**
   * D of a draft begun now.
   *
   * @param dueNanos until the next verdict is expected; of one that is overdue nothing is known
   */
  public static double delayNanos(Conditions conditions, double dueNanos) {
    return dueNanos <= 0
        ? usualDelayNanos(conditions)
        : Math.max(0, conditions.draftNanos() - dueNanos);
  }
}
