package dev.paceline.benchmarks.serve;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How many sessions the server carries with a latency under a limit.
 *
 * @param latency what is limited
 * @param sloMs the limit
 * @param withDrafts largest measured number of sessions within it; 0 if none was
 * @param serverOnly likewise without drafts
 * @param ratio withDrafts over serverOnly; not a number if serverOnly is 0
 * @param measuredTo largest number of sessions that was measured: a capacity that equals it is a
 *     lower bound
 */
record Capacity(
    String latency, double sloMs, int withDrafts, int serverOnly, double ratio, int measuredTo) {
  /**
   * By the 95th percentile of the time between tokens.
   *
   * @param sloMs 0 for twice the median of the fewest sessions without drafts
   */
  static Capacity byItl(List<Figures> figures, double sloMs) {
    return of("p95 ITL", Figures::itlP95Ms, figures, sloMs);
  }

  /** By the 95th percentile, over the sessions, of the mean time between tokens. */
  static Capacity byTpot(List<Figures> figures, double sloMs) {
    return of("p95 TPOT", Figures::tpotP95Ms, figures, sloMs);
  }

  private static Capacity of(
      String name, ToDoubleFunction<Figures> latency, List<Figures> figures, double sloMs) {
    double limit = sloMs;
    int most = 0;
    for (Figures f : figures) {
      if (limit == 0 && !f.drafts()) {
        limit = 2 * f.itlP50Ms();
      }
      most = Math.max(most, f.sessions());
    }
    int drafted = largest(figures, true, latency, limit);
    int alone = largest(figures, false, latency, limit);
    double ratio = alone == 0 ? Double.NaN : (double) drafted / alone;
    return new Capacity(name, limit, drafted, alone, ratio, most);
  }

  private static int largest(
      List<Figures> figures, boolean drafts, ToDoubleFunction<Figures> latency, double limit) {
    int largest = 0;
    for (Figures f : figures) {
      if (f.drafts() == drafts && latency.applyAsDouble(f) <= limit) {
        largest = Math.max(largest, f.sessions());
      }
    }
    return largest;
  }
}
