package dev.paceline.common.sampling;

/**
 * Uniform numbers for verification rules that flip coins, hashed from (seed, position, purpose).
 * Each decision has a purpose of its own: one number that served two decisions, such as the test of
 * one position and the sample of the next, would tie them together and bend the distribution.
 */
public final class Uniforms {
  /** What a number decides. The values are part of the protocol. */
  public enum Purpose {
    /** Whether a draft is accepted. */
    ACCEPT(1),
    /** The target's token where a draft was rejected. */
    RECOVER(2),
    /** The target's token after an all-accepted run, or without a draft. */
    BONUS(3),
    /** The client's draft. */
    DRAFT(4);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }
  }

  private Uniforms() {}

  /**
   * A number in (0, 1) with 52 random bits.
   *
   * @param position absolute position of the token that is decided on
   */
  public static double at(long seed, int position, Purpose purpose) {
    long bits = Race.mix(Race.mix(Race.key(seed, position)) + purpose.code * Race.GOLDEN);
    return ((bits >>> 12) + 0.5) * 0x1p-52;
  }

  /**
   * An index by inversion: the first whose cumulative weight exceeds {@code uniform} times the
   * total.
   *
   * @param weights not negative, at least one positive; need not sum to 1
   */
  public static int invert(float[] weights, double uniform) {
    double total = 0;
    for (float weight : weights) {
      total += weight;
    }
    double reached = 0;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        reached += weights[i];
        last = i;
        if (reached > uniform * total) {
          return i;
        }
      }
    }
    return last;
  }
}
