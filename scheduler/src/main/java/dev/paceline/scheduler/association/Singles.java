package dev.paceline.scheduler.association;

import dev.paceline.scheduler.allocation.UplinkSolver;
import java.util.Arrays;

/**
 * What single removals and additions of users change of a server's uplink optimum V, exactly. Kept
 * until the set of users that they refer to is another; sets are told apart by numbers from 1 on.
 */
final class Singles {
  private final UplinkSolver solver;
  private final Candidates candidates;
  private final double[] removal;
  private final double[] price;
  private final int[] removedFrom;
  private final double[] addition;
  private final int[] addedTo;

  Singles(UplinkSolver solver, Candidates candidates, int users) {
    this.solver = solver;
    this.candidates = candidates;
    removal = new double[users];
    price = new double[users];
    removedFrom = new int[users];
    addition = new double[users * candidates.width()];
    addedTo = new int[users * candidates.width()];
  }

  /**
   * V(S) − V(S − i) in ms.
   *
   * @param user i, one of the server's users S
   * @param set number of S
   * @param uplinkMs V(S)
   * @param bandPrice ν(S)
   */
  double removal(
      int user, int server, Members members, int set, double uplinkMs, double bandPrice) {
    if (removedFrom[user] != set) {
      int[] list = members.list(server);
      int[] rest = new int[members.count(server) - 1];
      int count = 0;
      for (int a = 0; a <= rest.length; a++) {
        if (list[a] != user) {
          rest[count++] = list[a];
        }
      }
      removal[user] = uplinkMs - solver.cost(server, rest, count, bandPrice);
      price[user] = solver.price();
      removedFrom[user] = set;
    }
    return removal[user];
  }

  /** ν(S − i) of the last {@link #removal} asked for. */
  double priceWithout(int user) {
    return price[user];
  }

  /**
   * V(S + i) − V(S) in ms.
   *
   * @param user i, none of the server's users S
   * @param set number of S
   * @param uplinkMs V(S)
   * @param bandPrice ν(S)
   */
  double addition(
      int user, int server, Members members, int set, double uplinkMs, double bandPrice) {
    int column = candidates.index(user, server);
    int key = user * candidates.width() + column;
    if (column >= 0 && addedTo[key] == set) {
      return addition[key];
    }
    int count = members.count(server);
    int[] more = Arrays.copyOf(members.list(server), count + 1);
    more[count] = user;
    double change = solver.cost(server, more, count + 1, bandPrice) - uplinkMs;
    if (column >= 0) {
      addedTo[key] = set;
      addition[key] = change;
    }
    return change;
  }
}
