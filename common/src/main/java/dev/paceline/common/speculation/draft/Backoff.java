package dev.paceline.common.speculation.draft;

import dev.paceline.common.sampling.Race;

/**
 * Waits between attempts to connect: uniform between nothing and a bound that doubles up to a cap
 * (full jitter), so that clients of one lost server come back spread over the whole time. The
 * jitter is a hash, so a session repeats its waits.
 */
final class Backoff {
  private final DraftOptions options;
  private final long seed;
  private int failures;
  private int counted;
  private int draws;

  Backoff(DraftOptions options, long seed) {
    this.options = options;
    this.seed = seed;
  }

  /** A connection was of use. */
  void succeeded() {
    failures = 0;
    counted = 0;
  }

  /**
   * A connection was lost, could not be made or was of no use.
   *
   * @param counts whether it counts against the number of attempts
   * @return whether it was one too many
   */
  boolean failed(boolean counts) {
    failures++;
    counted += counts ? 1 : 0;
    return counted >= options.attempts();
  }

  /** The wait before the next attempt. */
  long nextNanos() {
    int doublings = Math.min(Math.max(0, failures - 1), 30);
    double wait =
        Math.min(
            (double) options.firstBackoffNanos() * (1L << doublings), options.lastBackoffNanos());
    float u = Race.complement(Race.hash(Race.key(seed, failures), draws++));
    return (long) (wait * u);
  }
}
