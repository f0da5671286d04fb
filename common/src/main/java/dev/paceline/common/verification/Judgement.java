package dev.paceline.common.verification;

/**
 * What a verification step puts out: the accepted drafts and then one token of the target
 * (recovered after a rejection, bonus otherwise), or none if the step looked no further. Immutable;
 * the array must not be changed.
 */
public final class Judgement {
  private final int accepted;
  private final int[] output;

  /**
   * @param accepted leading drafts that were accepted
   * @param output {@code accepted + 1} ids, or {@code accepted} without a bonus
   */
  public Judgement(int accepted, int[] output) {
    if (output.length != accepted + 1 && (accepted == 0 || output.length != accepted)) {
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
