package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.Samples;
import dev.paceline.benchmarks.emulation.SocketBytes;
import dev.paceline.common.speculation.DecodeMode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a cell showed.
 *
 * @param medians ms per output token of every measured way
 * @param bytes of the client's socket per output token, of each way's last run
 * @param mismatches tokens that differed from the target's own
 */
record CellResult(
    Cell cell, Map<Way, Samples> medians, Map<Way, SocketBytes.PerToken> bytes, int mismatches) {
  double millis(Way way) {
    Samples samples = medians.get(way);
    return samples == null ? Double.NaN : samples.median();
  }

  /** The fastest window of a mode; null if the mode was not measured. */
  @Nullable Way best(DecodeMode mode) {
    return fastest(way -> !way.automatic() && way.mode() == mode);
  }

  /** The fastest of everything but automatic control. */
  @Nullable Way bestFixed() {
    return fastest(way -> !way.automatic());
  }

  /** Automatic control; null if it was not measured. */
  @Nullable Way automatic() {
    return fastest(Way::automatic);
  }

  private @Nullable Way fastest(java.util.function.Predicate<Way> which) {
    Way best = null;
    for (Way way : medians.keySet()) {
      if (which.test(way) && (best == null || millis(way) < millis(best))) {
        best = way;
      }
    }
    return best;
  }

  /** Automatic control over the best fixed way; not a number if either is missing. */
  double overBest() {
    return ratio(bestFixed());
  }

  /** Automatic control over the target alone. */
  double overServerOnly() {
    return ratio(Way.SERVER_ONLY);
  }

  private double ratio(@Nullable Way other) {
    Way auto = automatic();
    return auto == null || other == null ? Double.NaN : millis(auto) / millis(other);
  }
}
