package dev.paceline.common.speculation.draft;

import dev.paceline.common.sampling.Race;

/**
 * Waits between attempts to connect: doubling, capped, each shortened by up to a half so that
 * clients of one lost server do not return together. The jitter is a hash, so a session repeats its
 * waits.
 */
final class Backoff {
  private final DraftOptions options;
  private final long seed;
  private int failures;
  private int draws;

  Backoff(DraftOptions options, long seed) {
    this.options = options;
    this.seed = seed;
  }

  /** A connection was of use. */
  void succeeded() {
    failures = 0;
  }

  /** A connection was lost or could not be made; whether that was one too many. */
  boolean failed() {
    failures++;
    return failures >= options.attempts();
  }

  /** The wait before the next attempt. */
  long nextNanos() {
    int doublings = Math.min(Math.max(0, failures - 1), 30);
    double wait =
        Math.min(
            (double) options.firstBackoffNanos() * (1L << doublings), options.lastBackoffNanos());
    float u = Race.complement(Race.hash(Race.key(seed, failures), draws++));
    return (long) (wait * (0.5 + 0.5 * u));
  }
}
