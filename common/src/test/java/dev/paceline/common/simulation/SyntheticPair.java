package dev.paceline.common.simulation;

import dev.paceline.common.sampling.Race;

/**
 * Two deterministic models: each next token is a hash of the whole prefix, and the draft agrees
 * with the target at a chosen rate, independently at every prefix.
 */
public final class SyntheticPair {
  /** Ends a text. */
  public static final int STOP = 0;

  private static final int VOCABULARY = 1000;

  private final long seed;
  private final double agreement;
  private final double stopRate;
  private final double spread;

  /**
   * @param agreement chance that the draft's token is the target's
   * @param stopRate chance that the target's token is {@link #STOP}
   */
  public SyntheticPair(long seed, double agreement, double stopRate) {
    this(seed, agreement, stopRate, 0);
  }

  /**
   * A pair whose draft knows how sure it may be.
   *
   * @param agreement mean chance that the draft's token is the target's
   * @param stopRate chance that the target's token is {@link #STOP}
   * @param spread chances lie evenly within this of the mean, as far as that is in [0, 1]
   */
  public SyntheticPair(long seed, double agreement, double stopRate, double spread) {
    this.spread = spread;
    this.seed = seed;
    this.agreement = agreement;
    this.stopRate = stopRate;
  }

  /** The hash of an empty prefix. */
  public long empty() {
    return Race.mix(seed);
  }

  /** The hash of a prefix that is one token longer. */
  public long extend(long prefix, int id) {
    return Race.mix(prefix * 31 + id);
  }

  /** The target's token after a prefix. */
  public int target(long prefix) {
    return uniform(prefix, 1) < stopRate ? STOP : 1 + pick(prefix, 2);
  }

  /** The draft's token after a prefix. */
  public int draft(long prefix) {
    int target = target(prefix);
    if (uniform(prefix, 3) < confidence(prefix)) {
      return target;
    }
    int other = 1 + pick(prefix, 4);
    return other == target ? 1 + other % VOCABULARY : other;
  }

  /** The chance that the draft's token after a prefix is the target's; what the draft believes. */
  public double confidence(long prefix) {
    double chance = agreement + spread * (2 * uniform(prefix, 5) - 1);
    return Math.max(0, Math.min(1, chance));
  }

  private static int pick(long prefix, int purpose) {
    return (int) Math.floorMod(Race.mix(prefix + purpose), (long) VOCABULARY);
  }

  private static double uniform(long prefix, int purpose) {
    return (Race.mix(prefix + purpose) >>> 11) * 0x1p-53;
  }
}
