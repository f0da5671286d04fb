package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;

/**
 * The servers that are tried for each user: all of them in a small system, the ones of the fastest
 * upload in a large one.
 */
final class Candidates {
  private final int[][] servers;
  private final boolean all;

  private Candidates(int[][] servers, boolean all) {
    this.servers = servers;
    this.all = all;
  }

  static Candidates all(SlotProblem problem) {
    int[] every = new int[problem.serverCount()];
    Arrays.setAll(every, j -> j);
    int[][] servers = new int[problem.userCount()][];
    Arrays.fill(servers, every);
    return new Candidates(servers, true);
  }

  /** The {@code count} servers of the fastest upload. */
  static Candidates nearest(SlotProblem problem, int count) {
    if (count >= problem.serverCount()) {
      return all(problem);
    }
    int[][] servers = new int[problem.userCount()][];
    double[] key = new double[count];
    for (int i = 0; i < servers.length; i++) {
      servers[i] = nearest(problem, i, key);
    }
    return new Candidates(servers, false);
  }

  private static int[] nearest(SlotProblem problem, int user, double[] key) {
    int[] best = new int[key.length];
    Arrays.fill(key, Double.POSITIVE_INFINITY);
    for (int j = 0; j < problem.serverCount(); j++) {
      double uplinkMs = problem.fullBandUplinkMs(user, j);
      int at = key.length - 1;
      if (uplinkMs < key[at]) {
        while (at > 0 && key[at - 1] > uplinkMs) {
          key[at] = key[at - 1];
          best[at] = best[at - 1];
          at--;
        }
        key[at] = uplinkMs;
        best[at] = j;
      }
    }
    return best;
  }

  int[] of(int user) {
    return servers[user];
  }

  /** Width of a table with a column for every candidate. */
  int width() {
    return servers.length == 0 ? 0 : servers[0].length;
  }

  /** The place of a server among a user's candidates, −1 if it is none. */
  int index(int user, int server) {
    if (all) {
      return server;
    }
    int[] mine = servers[user];
    for (int c = 0; c < mine.length; c++) {
      if (mine[c] == server) {
        return c;
      }
    }
    return -1;
  }
}
