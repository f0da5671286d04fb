package dev.paceline.scheduler.masac;

import java.util.random.RandomGenerator;

/**
 * The numbers of {@link java.util.SplittableRandom} (Steele, Lea, Flood, OOPSLA 2014), with a state
 * that can be written down, which the library's class keeps to itself.
 */
final class SavableRandom implements RandomGenerator {
  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

  private long seed;
  private final long gamma;

  /**
   * All there is to know about a generator.
   *
   * @param gamma odd
   */
  record State(long seed, long gamma) {}

  SavableRandom(long seed) {
    this(new State(seed, GOLDEN_GAMMA));
  }

  /** Goes on where another generator was. */
  SavableRandom(State state) {
    this.seed = state.seed();
    this.gamma = state.gamma();
  }

  State state() {
    return new State(seed, gamma);
  }

  /** A generator of other numbers. */
  SavableRandom split() {
    return new SavableRandom(new State(nextLong(), mixGamma(nextSeed())));
  }

  @Override
  public long nextLong() {
    long z = nextSeed();
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public int nextInt() {
    long z = nextSeed();
    z = (z ^ (z >>> 33)) * 0x62a9d9ed799705f5L;
    return (int) (((z ^ (z >>> 28)) * 0xcb24d0a5c88c35b3L) >>> 32);
  }

  private long nextSeed() {
    return seed += gamma;
  }

  private static long mixGamma(long value) {
    long z = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    z = (z ^ (z >>> 33)) * 0xc4ceb9fe1a85ec53L;
    z = (z ^ (z >>> 33)) | 1L;
    return Long.bitCount(z ^ (z >>> 1)) < 24 ? z ^ 0xaaaaaaaaaaaaaaaaL : z;
  }
}
