package dev.paceline.scheduler.live;

import java.util.Arrays;

/**
 * Users served at rates in proportion to their weights by a server of rate 1; the rate of a user
 * that is done goes to the others, as in generalised processor sharing.
 */
final class Fluid {
  private Fluid() {}

  /**
   * Serves for a while, every user from a time of its own on.
   *
   * @param startMs not negative
   */
  static double[] run(double[] work, double[] weight, double[] startMs, double ms) {
    double[] times = Arrays.stream(startMs).filter(t -> t > 0 && t < ms).sorted().toArray();
    double[] done = new double[work.length];
    Arrays.setAll(done, a -> work[a] > 0 ? Double.POSITIVE_INFINITY : 0);
    double from = 0;
    for (int k = 0; k <= times.length; k++) {
      double until = k < times.length ? times[k] : ms;
      double[] present = new double[weight.length];
      double now = from;
      Arrays.setAll(present, a -> startMs[a] <= now ? weight[a] : 0);
      double[] part = run(work, present, until - from);
      for (int a = 0; a < done.length; a++) {
        done[a] = Math.min(done[a], from + part[a]);
      }
      from = until;
    }
    return done;
  }

  /**
   * Serves for a while.
   *
   * @param work left in ms of the whole server; reduced in place
   * @param weight not negative; users of weight 0 get nothing
   * @param ms how long
   * @return when each user was done, in ms, infinite if it was not
   */
  static double[] run(double[] work, double[] weight, double ms) {
    double[] done = new double[work.length];
    boolean[] active = new boolean[work.length];
    double weights = 0;
    for (int a = 0; a < work.length; a++) {
      done[a] = work[a] > 0 ? Double.POSITIVE_INFINITY : 0;
      active[a] = work[a] > 0 && weight[a] > 0;
      weights += active[a] ? weight[a] : 0;
    }
    double now = 0;
    while (weights > 0 && now < ms) {
      double until = ms;
      for (int a = 0; a < work.length; a++) {
        if (active[a]) {
          until = Math.min(until, now + work[a] * weights / weight[a]);
        }
      }
      double rest = 0;
      for (int a = 0; a < work.length; a++) {
        if (active[a]) {
          work[a] -= (until - now) * weight[a] / weights;
          if (work[a] <= 1e-9) {
            work[a] = 0;
            done[a] = until;
            active[a] = false;
          } else {
            rest += weight[a];
          }
        }
      }
      weights = rest;
      now = until;
    }
    return done;
  }
}
