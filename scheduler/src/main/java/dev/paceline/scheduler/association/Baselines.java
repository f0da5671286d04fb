package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * The paper's three baselines. Where a server is full the next best one is taken; the paper has no
 * capacity.
 */
public enum Baselines implements AssociationRule {
  /** A uniformly random server. */
  RANDOM("random") {
    @Override
    public int[] associate(SlotProblem problem, RandomGenerator random) {
      return assign(problem, (user, rooms) -> rooms.best(j -> random.nextDouble()));
    }
  },

  /**
   * The server of the highest SNR. Servers have separate bands, so the paper's SINR has no
   * interference.
   */
  MAX_SINR("max-sinr") {
    @Override
    public int[] associate(SlotProblem problem, RandomGenerator random) {
      return assign(problem, (user, rooms) -> rooms.best(j -> -problem.fullBandUplinkMs(user, j)));
    }
  },

  /** The fastest server, at random among equals: the paper's words taken literally. */
  MAX_COMPUTE_TOP("max-compute-top") {
    @Override
    public int[] associate(SlotProblem problem, RandomGenerator random) {
      double[] speed = problem.servers().gflopPerMs();
      // A random part below the resolution of the speeds breaks ties.
      return assign(
          problem, (user, rooms) -> rooms.best(j -> speed[j] * (1 + 1e-9 * random.nextDouble())));
    }
  },

  /** The server with the most compute per session, F / (n + 1). */
  MAX_COMPUTE_LOAD("max-compute-load") {
    @Override
    public int[] associate(SlotProblem problem, RandomGenerator random) {
      double[] speed = problem.servers().gflopPerMs();
      return assign(problem, (user, rooms) -> rooms.best(j -> speed[j] / (rooms.sessions(j) + 1)));
    }
  };

  private final String word;

  Baselines(String word) {
    this.word = word;
  }

  @Override
  public String word() {
    return word;
  }

  private static int[] assign(SlotProblem problem, BiFunction<Integer, Rooms, Integer> choice) {
    Rooms rooms = new Rooms(problem);
    int[] server = new int[problem.userCount()];
    for (int i = 0; i < server.length; i++) {
      server[i] = choice.apply(i, rooms);
      rooms.take(server[i]);
    }
    return server;
  }
}
