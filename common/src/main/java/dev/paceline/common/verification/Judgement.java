package dev.paceline.common.verification;

/**
 * What a verification step puts out: the accepted drafts and then exactly one token of the target
 * (recovered after a rejection, bonus otherwise). Immutable; the array must not be changed.
 */
public final class Judgement {
  private final int accepted;
  private final int[] output;

  /**
   * @param accepted leading drafts that were accepted
   * @param output {@code accepted + 1} ids
   */
  public Judgement(int accepted, int[] output) {
    if (output.length != accepted + 1) {
      throw new IllegalArgumentException(accepted + " accepted, but " + output.length + " output");
    }
    this.accepted = accepted;
    this.output = output;
  }

  public int accepted() {
    return accepted;
  }

  public int[] output() {
    return output;
  }
}
