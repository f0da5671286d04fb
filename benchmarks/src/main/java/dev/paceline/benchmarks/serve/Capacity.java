package dev.paceline.benchmarks.serve;

import java.util.List;

/**
 * How many sessions the server carries with the p95 of the inter-token latency under a limit.
 *
 * @param sloMs the limit
 * @param withDrafts largest measured number of sessions within it; 0 if none was
 * @param serverOnly likewise without drafts
 * @param ratio withDrafts over serverOnly; not a number if serverOnly is 0
 * @param measuredTo largest number of sessions that was measured: a capacity that equals it is a
 *     lower bound
 */
record Capacity(double sloMs, int withDrafts, int serverOnly, double ratio, int measuredTo) {
  /**
   * @param sloMs 0 for twice the median of the fewest sessions without drafts
   */
  static Capacity of(List<Figures> figures, double sloMs) {
    double limit = sloMs;
    int most = 0;
    for (Figures f : figures) {
      if (limit == 0 && !f.drafts()) {
        limit = 2 * f.itlP50Ms();
      }
      most = Math.max(most, f.sessions());
    }
    int drafted = largest(figures, true, limit);
    int alone = largest(figures, false, limit);
    double ratio = alone == 0 ? Double.NaN : (double) drafted / alone;
    return new Capacity(limit, drafted, alone, ratio, most);
  }

  private static int largest(List<Figures> figures, boolean drafts, double limit) {
    int largest = 0;
    for (Figures f : figures) {
      if (f.drafts() == drafts && f.itlP95Ms() <= limit) {
        largest = Math.max(largest, f.sessions());
      }
    }
    return largest;
  }
}
