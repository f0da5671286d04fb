package dev.paceline.scheduler.association;

import java.util.Arrays;

/** The users of each server under constant-time changes; their order carries no meaning. */
final class Members {
  private static final int[] NONE = {};

  private final int[][] list;
  private final int[] count;
  private final int[] position;

  /** Nobody anywhere. */
  Members(int users, int servers) {
    list = new int[servers][];
    Arrays.fill(list, NONE);
    count = new int[servers];
    position = new int[users];
  }

  Members(int[] server, int servers) {
    this(server.length, servers);
    for (int i = 0; i < server.length; i++) {
      add(i, server[i]);
    }
  }

  /** The users of a server in the first {@link #count} elements; not to be written to. */
  int[] list(int server) {
    return list[server];
  }

  int count(int server) {
    return count[server];
  }

  void add(int user, int server) {
    if (count[server] == list[server].length) {
      list[server] = Arrays.copyOf(list[server], Math.max(8, 2 * count[server]));
    }
    position[user] = count[server];
    list[server][count[server]++] = user;
  }

  void remove(int user, int server) {
    int last = list[server][--count[server]];
    list[server][position[user]] = last;
    position[last] = position[user];
  }
}
