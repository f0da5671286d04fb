package dev.paceline.scheduler.mec;

/**
 * The constraints of P1 as an invariant: one server per user (Eq. 3), Σ_i y_ij ≤ 1 and Σ_i z_ij ≤ 1
 * for every server, and no more sessions than the server's key-value cache holds.
 *
 * <p>Eq. 4 and 7 of the paper sum over the servers, which would let every user take the whole band
 * of its server; the sum meant is over the users.
 */
public final class Feasibility {
  /** Slack for rounding in a sum of shares. */
  public static final double TOLERANCE = 1e-9;

  private Feasibility() {}

  /**
   * Returns the allocation if it is feasible.
   *
   * @throws IllegalStateException naming the first constraint that it breaks
   */
  public static Allocation check(SlotProblem problem, Allocation allocation) {
    return check(problem, allocation, Double.MIN_VALUE);
  }

  /** Like {@link #check}, but a user that cannot use a resource yet may have no share of it. */
  public static Allocation checkPartial(SlotProblem problem, Allocation allocation) {
    return check(problem, allocation, 0);
  }

  private static Allocation check(SlotProblem problem, Allocation allocation, double least) {
    int users = problem.userCount();
    int servers = problem.serverCount();
    if (allocation.server().length != users
        || allocation.uplinkShare().length != users
        || allocation.computeShare().length != users) {
      throw new IllegalStateException("an allocation needs one element for each user");
    }
    double[] uplink = new double[servers];
    double[] compute = new double[servers];
    int[] sessions = new int[servers];
    for (int i = 0; i < users; i++) {
      int j = allocation.server()[i];
      if (j < 0 || j >= servers) {
        throw new IllegalStateException("user " + i + " is given server " + j);
      }
      uplink[j] += share(i, "uplink", allocation.uplinkShare()[i], least);
      compute[j] += share(i, "compute", allocation.computeShare()[i], least);
      sessions[j]++;
    }
    for (int j = 0; j < servers; j++) {
      atMostOne(j, "uplink", uplink[j]);
      atMostOne(j, "compute", compute[j]);
      int capacity = problem.servers().sessionCapacity()[j];
      if (sessions[j] > capacity) {
        throw new IllegalStateException(
            "server " + j + " is given " + sessions[j] + " sessions but holds " + capacity);
      }
    }
    return allocation;
  }

  private static double share(int user, String what, double value, double least) {
    if (!(value >= least && value <= 1 + TOLERANCE)) {
      throw new IllegalStateException("user " + user + " is given the " + what + " share " + value);
    }
    return value;
  }

  private static void atMostOne(int server, String what, double sum) {
    if (sum > 1 + TOLERANCE) {
      throw new IllegalStateException(
          "the " + what + " shares of server " + server + " sum to " + sum);
    }
  }
}
