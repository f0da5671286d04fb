package dev.paceline.scheduler.association;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The optimal association under convex shares, by dynamic programming over sets of users: the best
 * cost of serving a set by the first j servers is the least, over subsets, of serving the subset by
 * server j and the rest by those before. O(E 3^M); for small cases only.
 */
public final class ExactAssociation implements AssociationRule {
  private static final int MAX_USERS = 14;

  @Override
  public String word() {
    return "exact";
  }

  /**
   * @throws UserError if there are more than 14 users
   */
  @Override
  public int[] associate(SlotProblem problem, RandomGenerator random) {
    int users = problem.userCount();
    if (users > MAX_USERS) {
      throw new UserError(
          "the exact association takes at most " + MAX_USERS + " users, not " + users);
    }
    int sets = 1 << users;
    int servers = problem.serverCount();
    int[][] choice = new int[servers][sets];
    double[] best = new double[sets];
    Arrays.fill(best, Double.POSITIVE_INFINITY);
    best[0] = 0;
    UplinkSolver solver = new UplinkSolver(problem);
    for (int j = 0; j < servers; j++) {
      double[] cost = new double[sets];
      for (int set = 0; set < sets; set++) {
        cost[set] = cost(problem, solver, j, set);
      }
      double[] next = new double[sets];
      for (int set = 0; set < sets; set++) {
        next[set] = Double.POSITIVE_INFINITY;
        int part = set;
        while (true) {
          double sum = cost[part] + best[set ^ part];
          if (sum < next[set]) {
            next[set] = sum;
            choice[j][set] = part;
          }
          if (part == 0) {
            break;
          }
          part = (part - 1) & set;
        }
      }
      best = next;
    }
    int[] server = new int[users];
    int rest = sets - 1;
    for (int j = servers - 1; j >= 0; j--) {
      int mine = choice[j][rest];
      for (int i = 0; i < users; i++) {
        if ((mine >> i & 1) == 1) {
          server[i] = j;
        }
      }
      rest ^= mine;
    }
    return server;
  }

  private static double cost(SlotProblem problem, UplinkSolver solver, int j, int set) {
    int[] members = new int[Integer.bitCount(set)];
    if (members.length > problem.servers().sessionCapacity()[j]) {
      return Double.POSITIVE_INFINITY;
    }
    int count = 0;
    double roots = 0;
    for (int i = 0; count < members.length; i++) {
      if ((set >> i & 1) == 1) {
        members[count++] = i;
        roots += problem.rootGflop(i);
      }
    }
    return roots * roots / problem.servers().gflopPerMs()[j]
        + count * problem.servers().waitMs()[j]
        + solver.cost(j, members, count, 0);
  }
}
