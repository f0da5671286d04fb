package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.SlotProblem;

/** The users of each server. */
public final class Groups {
  private final int[][] members;

  private Groups(int[][] members) {
    this.members = members;
  }

  /** Groups users by the server that serves them. */
  public static Groups of(int[] server, int servers) {
    int[] count = new int[servers];
    for (int j : server) {
      count[j]++;
    }
    int[][] members = new int[servers][];
    for (int j = 0; j < servers; j++) {
      members[j] = new int[count[j]];
    }
    for (int i = server.length - 1; i >= 0; i--) {
      members[server[i]][--count[server[i]]] = i;
    }
    return new Groups(members);
  }

  /** The users of a server in ascending order. */
  public int[] members(int server) {
    return members[server];
  }

  /** A whole decision: this association with shares by a rule. */
  public static Allocation allocate(SlotProblem problem, int[] server, ShareRule rule) {
    Groups groups = of(server, problem.serverCount());
    double[] uplink = new double[server.length];
    double[] compute = new double[server.length];
    for (int j = 0; j < problem.serverCount(); j++) {
      int[] members = groups.members(j);
      rule.share(problem, j, members, members.length, uplink, compute);
    }
    return new Allocation(server, uplink, compute);
  }
}
