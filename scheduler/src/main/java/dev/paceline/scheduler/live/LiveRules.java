package dev.paceline.scheduler.live;

import dev.paceline.scheduler.allocation.UplinkSolver;
import java.util.Arrays;

/** Rules that need no learning. */
public enum LiveRules implements LiveRule {
  /** Equal shares among those who can use them. */
  UNIFORM("uniform") {
    @Override
    void compute(View view, int server, int[] waiting, double[] share) {
      for (int i : waiting) {
        share[i] = 1.0 / waiting.length;
      }
    }
  },

  /** z ∝ √f: optimal for one slot, as if shares stayed what they are until the last is done. */
  CONVEX("convex") {
    @Override
    void compute(View view, int server, int[] waiting, double[] share) {
      double roots = 0;
      for (int i : waiting) {
        roots += view.problem().rootGflop(i);
      }
      for (int i : waiting) {
        share[i] = view.problem().rootGflop(i) / roots;
      }
    }
  },

  /**
   * Nearly everything to the shortest expected rest of work: optimal for the mean if lengths are
   * known and nobody else arrives. The yardstick that a learned rule must be held against.
   */
  SHORTEST_FIRST("shortest-first") {
    @Override
    void compute(View view, int server, int[] waiting, double[] share) {
      byRest(view, waiting, share, 1e-3);
    }
  },

  /**
   * Less by a fixed factor for every rank of the expected rest: the order of {@link
   * #SHORTEST_FIRST}, soft enough for a learned correction to change. Our policy starts here.
   */
  SHORTEST_SOFT("shortest-soft") {
    @Override
    void compute(View view, int server, int[] waiting, double[] share) {
      byRest(view, waiting, share, 0.05);
    }
  };

  /** A share falls by the ratio from each user to the one with the next longer expected rest. */
  private static void byRest(View view, int[] waiting, double[] share, double ratio) {
    int[] order = waiting.clone();
    double[] gflop = view.problem().users().serverGflop();
    for (int a = 1; a < order.length; a++) {
      for (int c = a; c > 0 && gflop[order[c]] < gflop[order[c - 1]]; c--) {
        int swap = order[c];
        order[c] = order[c - 1];
        order[c - 1] = swap;
      }
    }
    double weight = 1;
    double sum = 0;
    for (int i : order) {
      share[i] = weight;
      sum += weight;
      weight = Math.max(ratio * weight, 1e-9);
    }
    for (int i : order) {
      share[i] /= sum;
    }
  }

  private final String word;

  LiveRules(String word) {
    this.word = word;
  }

  abstract void compute(View view, int server, int[] waiting, double[] share);

  @Override
  public String word() {
    return word;
  }

  @Override
  public void share(
      View view, int server, int[] members, double[] uplinkShare, double[] computeShare) {
    int[] uploading = Arrays.stream(members).filter(i -> view.uploading()[i]).toArray();
    int[] waiting = Arrays.stream(members).filter(i -> !view.uploading()[i]).toArray();
    if (uploading.length > 0) {
      if (this == UNIFORM) {
        for (int i : uploading) {
          uplinkShare[i] = 1.0 / uploading.length;
        }
      } else {
        new UplinkSolver(view.problem()).share(server, uploading, uploading.length, uplinkShare);
      }
    }
    compute(view, server, waiting, computeShare);
  }
}
