package dev.paceline.target.metrics;

import java.time.Duration;
import java.util.Arrays;

/** Histogram boundaries: fine from 1 to 10 ms, where a token on a GPU is, coarser beyond. */
final class Buckets {
  private static final double[] TOKEN_MILLIS = {
    0.5, 1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 12.5, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200,
    300, 500, 1000, 2000, 5000
  };
  private static final double[] REQUEST_MILLIS = {
    1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000,
    3000, 5000, 7500, 10_000, 15_000, 30_000, 60_000, 120_000
  };
  private static final double[] ROWS = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048};

  private Buckets() {}

  /** For a step or the gap between two tokens. */
  static Duration[] token() {
    return durations(TOKEN_MILLIS);
  }

  /** For a wait or a whole request. */
  static Duration[] request() {
    return durations(REQUEST_MILLIS);
  }

  /** For rows of a step. */
  static double[] rows() {
    return ROWS.clone();
  }

  private static Duration[] durations(double[] millis) {
    return Arrays.stream(millis)
        .mapToObj(ms -> Duration.ofNanos(Math.round(ms * 1e6)))
        .toArray(Duration[]::new);
  }
}
