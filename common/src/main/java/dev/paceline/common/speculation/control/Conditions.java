package dev.paceline.common.speculation.control;

import java.util.Locale;

/**
 * What a choice is made from: times in nanoseconds, all of them estimates. Immutable.
 *
 * <p>Prices say what one drafted token and one byte sent are worth in nanoseconds of waiting, so
 * that time and energy are one sum.
 */
public final class Conditions {
  private final double draftNanos;
  private final double rttNanos;
  private final double stepNanos;
  private final double queueNanos;
  private final double tokensAlone;
  private final double acceptance;
  private final double draftPriceNanos;

  /**
   * @param draftNanos time of one draft token on this device
   * @param rttNanos round trip of the link
   * @param stepNanos time of a server's step
   * @param queueNanos what a step waits for its turn
   * @param tokensAlone output tokens of a step without any draft of this client; above 1 when the
   *     server drafts for itself
   * @param acceptance chance that a draft is right when those before it are
   * @param draftPriceNanos what energy for one drafted token, made and sent, is worth
   */
  public Conditions(
      double draftNanos,
      double rttNanos,
      double stepNanos,
      double queueNanos,
      double tokensAlone,
      double acceptance,
      double draftPriceNanos) {
    this.draftNanos = draftNanos;
    this.rttNanos = rttNanos;
    this.stepNanos = stepNanos;
    this.queueNanos = queueNanos;
    this.tokensAlone = tokensAlone;
    this.acceptance = acceptance;
    this.draftPriceNanos = draftPriceNanos;
  }

  public double draftNanos() {
    return draftNanos;
  }

  public double rttNanos() {
    return rttNanos;
  }

  public double stepNanos() {
    return stepNanos;
  }

  public double queueNanos() {
    return queueNanos;
  }

  /** From one step's start to the next one's. */
  public double turnNanos() {
    return stepNanos + queueNanos;
  }

  /** Time per output token when this client drafts nothing. */
  public double aloneNanos() {
    return turnNanos() / Math.max(1, tokensAlone);
  }

  public double acceptance() {
    return acceptance;
  }

  public double draftPriceNanos() {
    return draftPriceNanos;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "draft %.1f ms, rtt %.1f ms, step %.1f ms, queue %.1f ms, alone %.2f tokens a step,"
            + " acceptance %.2f, price %.2f ms",
        draftNanos * 1e-6,
        rttNanos * 1e-6,
        stepNanos * 1e-6,
        queueNanos * 1e-6,
        tokensAlone,
        acceptance,
        draftPriceNanos * 1e-6);
  }
}
