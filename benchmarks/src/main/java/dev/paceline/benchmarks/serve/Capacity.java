package dev.paceline.benchmarks.serve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * How many sessions the server carries with a latency under a limit, interpolated linearly between
 * the measured numbers of sessions.
 *
 * @param latency what is limited
 * @param sloMs the limit
 * @param withDrafts sessions within it; 0 if the fewest measured were not
 * @param serverOnly likewise without drafts
 * @param ratio withDrafts over serverOnly; not a number if serverOnly is 0
 * @param measuredTo largest number of sessions that was measured: a capacity that equals it is a
 *     lower bound
 */
record Capacity(
    String latency,
    double sloMs,
    double withDrafts,
    double serverOnly,
    double ratio,
    int measuredTo) {
  /**
   * Limits that are tried, as multiples of the median ITL of the fewest sessions without drafts.
   */
  private static final double[] MULTIPLES = {1, 1.25, 1.5, 2, 3};

  /**
   * By the 95th percentile of the time between tokens and by that of the sessions' means of it.
   *
   * @param sloMs 0 for several multiples of the single session's median
   */
  static List<Capacity> of(List<Figures> figures, double sloMs) {
    List<Capacity> capacities = new ArrayList<>();
    for (double limit : limits(figures, sloMs)) {
      capacities.add(of("p95 ITL", Figures::itlP95Ms, figures, limit));
    }
    for (double limit : limits(figures, sloMs)) {
      capacities.add(of("p95 TPOT", Figures::tpotP95Ms, figures, limit));
    }
    return capacities;
  }

  private static List<Double> limits(List<Figures> figures, double sloMs) {
    if (sloMs > 0) {
      return List.of(sloMs);
    }
    double single =
        figures.stream()
            .filter(f -> !f.drafts())
            .min(Comparator.comparingInt(Figures::sessions))
            .orElseThrow()
            .itlP50Ms();
    List<Double> limits = new ArrayList<>();
    for (double multiple : MULTIPLES) {
      limits.add(multiple * single);
    }
    return limits;
  }

  private static Capacity of(
      String name, ToDoubleFunction<Figures> latency, List<Figures> figures, double limit) {
    double drafted = carried(figures, true, latency, limit);
    double alone = carried(figures, false, latency, limit);
    double ratio = alone == 0 ? Double.NaN : drafted / alone;
    int most = figures.stream().mapToInt(Figures::sessions).max().orElse(0);
    return new Capacity(name, limit, drafted, alone, ratio, most);
  }

  private static double carried(
      List<Figures> figures, boolean drafts, ToDoubleFunction<Figures> latency, double limit) {
    List<Figures> own =
        figures.stream()
            .filter(f -> f.drafts() == drafts)
            .sorted(Comparator.comparingInt(Figures::sessions))
            .toList();
    for (int i = own.size() - 1; i >= 0; i--) {
      double within = latency.applyAsDouble(own.get(i));
      if (within > limit) {
        continue;
      }
      int sessions = own.get(i).sessions();
      if (i + 1 == own.size()) {
        return sessions;
      }
      double beyond = latency.applyAsDouble(own.get(i + 1));
      double part = (limit - within) / (beyond - within);
      return sessions + part * (own.get(i + 1).sessions() - sessions);
    }
    return 0;
  }
}
