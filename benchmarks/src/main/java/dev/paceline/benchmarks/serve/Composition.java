package dev.paceline.benchmarks.serve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps that the server ran, put together from the verdicts: sessions that shared a step were
 * told the same duration, to the nanosecond.
 */
final class Composition {
  private Composition() {}

  /** The verdicts of each step, in the order of the steps. */
  static List<List<Arrival>> steps(List<Arrival> arrivals) {
    Map<Long, List<Arrival>> steps = new LinkedHashMap<>();
    for (Arrival arrival : arrivals) {
      steps.computeIfAbsent(arrival.stepNanos(), k -> new ArrayList<>()).add(arrival);
    }
    return List.copyOf(steps.values());
  }

  /** Evenly spaced elements, at most so many. */
  static <T> List<T> sample(List<T> all, int most) {
    if (all.size() <= most) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      some.add(all.get((int) ((long) i * all.size() / most)));
    }
    return some;
  }
}
