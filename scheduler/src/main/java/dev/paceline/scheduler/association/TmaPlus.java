package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Comparator;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Our association: users are inserted in the order of their work where they cost least, then moves
 * and swaps improve the association until none does.
 *
 * <p>Every candidate change is first bounded in constant time ({@link ConvexState}); only survivors
 * are solved. Small systems are searched from several starts and, where servers have few users,
 * kicked out of what moves and swaps cannot leave ({@link IteratedSearch}). In large ones each user
 * has a fixed number of candidate servers and the swaps a budget proportional to the number of
 * users, so time grows linearly with the users per server fixed.
 */
public final class TmaPlus implements AssociationRule {
  private static final int CANDIDATES = 16;

  /** Up to this many servers every server is a candidate. */
  private static final int FEW_SERVERS = 24;

  /** Up to this many pairs of user and server, the search starts from several associations. */
  private static final int SMALL = 1000;

  /**
   * Up to this many users to a server, and pairs of user and server, the result is improved by a
   * few rounds of {@link IteratedSearch}: with more users to a server moves and swaps are enough.
   */
  private static final int FEW_USERS = 6;

  private static final int KICKED = 2500;
  private static final int ROUNDS_WORK = 14_000;
  private static final int MOST_ROUNDS = 24;

  /** Rounds in larger systems, which must decide in about 10 ms. */
  private static final int LEAST_ROUNDS = 4;

  /** Improvements below this part of a user's mean cost are left. */
  private static final double PRECISION = 1e-5;

  private static final int TINY = 100;
  private static final int RANDOM_STARTS = 6;
  private static final int LARGE_SWEEPS = 4;

  /** Pairs of users examined for each user, at least. */
  private static final long SWAPS_PER_USER = 400;

  @Override
  public String word() {
    return "tma-plus";
  }

  @Override
  public int[] associate(SlotProblem problem, RandomGenerator random) {
    Candidates candidates =
        problem.serverCount() <= FEW_SERVERS
            ? Candidates.all(problem)
            : Candidates.nearest(problem, CANDIDATES);
    long size = (long) problem.userCount() * problem.serverCount();
    ConvexState best = search(problem, candidates, greedy(problem, candidates));
    if (size <= SMALL) {
      int[] gain = Baselines.MAX_SINR.associate(problem, random);
      best = better(best, search(problem, candidates, new ConvexState(problem, candidates, gain)));
    }
    for (int k = 0; size <= TINY && k < RANDOM_STARTS; k++) {
      int[] start = Baselines.RANDOM.associate(problem, random);
      best = better(best, search(problem, candidates, new ConvexState(problem, candidates, start)));
    }
    int rounds = size <= SMALL ? (int) Math.min(MOST_ROUNDS, ROUNDS_WORK / size) : LEAST_ROUNDS;
    if (problem.userCount() <= FEW_USERS * problem.serverCount() && size <= KICKED) {
      IteratedSearch.improve(problem, candidates, best, rounds, random);
    }
    return best.association();
  }

  /**
   * Improves an existing association.
   *
   * @return the association found and never a worse one
   */
  public int[] improve(SlotProblem problem, int[] start) {
    Candidates candidates = Candidates.nearest(problem, FEW_SERVERS);
    return search(problem, candidates, new ConvexState(problem, candidates, start)).association();
  }

  private static ConvexState better(ConvexState first, ConvexState second) {
    return second.objective() < first.objective() ? second : first;
  }

  private static ConvexState greedy(SlotProblem problem, Candidates candidates) {
    ConvexState state = new ConvexState(problem, candidates);
    int[] order =
        IntStream.range(0, problem.userCount())
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -problem.rootGflop(i)))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int user : order) {
      int best = -1;
      double least = Double.POSITIVE_INFINITY;
      for (int to : candidates.of(user)) {
        double bound = state.hasRoom(to) ? state.insertBound(user, to) : Double.POSITIVE_INFINITY;
        if (bound < least) {
          least = bound;
          best = to;
        }
      }
      for (int j = 0; best < 0 || !state.hasRoom(best); j++) {
        best = j;
      }
      state.insert(user, best);
    }
    return state;
  }

  /** {@link #search(SlotProblem, Candidates, ConvexState, int)} of everything. */
  private static ConvexState search(SlotProblem problem, Candidates candidates, ConvexState state) {
    return search(problem, candidates, state, 0);
  }

  /**
   * Moves and swaps until none improves, or a large system's sweeps are used up.
   *
   * @param since servers that have not changed after this {@link ConvexState#now} are known to have
   *     nothing to gain among themselves
   */
  static ConvexState search(
      SlotProblem problem, Candidates candidates, ConvexState state, int since) {
    boolean large = (long) problem.userCount() * problem.serverCount() > SMALL;
    int sweeps = large ? LARGE_SWEEPS : Integer.MAX_VALUE;
    state.setThreshold(PRECISION * state.objective() / problem.userCount());
    int mark = since;
    boolean improved = true;
    for (int k = 0; improved && k < sweeps; k++) {
      int start = state.now();
      improved = moveSweep(problem, candidates, state, mark);
      improved |= swapSweep(problem, candidates, state, mark);
      mark = start;
    }
    return state;
  }

  private static boolean moveSweep(
      SlotProblem problem, Candidates candidates, ConvexState state, int since) {
    boolean any = false;
    double[] bound = new double[candidates.width()];
    for (int i = 0; i < problem.userCount(); i++) {
      int[] servers = candidates.of(i);
      boolean mine = state.changed(state.server(i), since);
      for (int c = 0; c < servers.length; c++) {
        boolean open =
            (mine || state.changed(servers[c], since))
                && servers[c] != state.server(i)
                && state.hasRoom(servers[c]);
        bound[c] = open ? state.moveBound(i, servers[c]) : 0;
      }
      any |= moveBestFirst(state, i, servers, bound);
    }
    return any;
  }

  private static boolean moveBestFirst(ConvexState state, int user, int[] servers, double[] bound) {
    while (true) {
      int best = 0;
      for (int c = 1; c < servers.length; c++) {
        if (bound[c] < bound[best]) {
          best = c;
        }
      }
      if (bound[best] >= -state.threshold()) {
        return false;
      }
      if (state.tryMove(user, servers[best])) {
        return true;
      }
      bound[best] = 0;
    }
  }

  private static boolean swapSweep(
      SlotProblem problem, Candidates candidates, ConvexState state, int since) {
    boolean any = false;
    int users = problem.userCount();
    long budget = users * Math.max(SWAPS_PER_USER, Math.min(users, 1000));
    int[] partner = new int[users];
    double[] bound = new double[users];
    for (int i = 0; i < users && budget > 0; i++) {
      int found = 0;
      boolean mine = state.changed(state.server(i), since);
      for (int l : candidates.of(i)) {
        if (l == state.server(i) || !mine && !state.changed(l, since)) {
          continue;
        }
        int[] list = state.members().list(l);
        int count = state.members().count(l);
        budget -= count;
        for (int a = 0; a < count; a++) {
          if (list[a] > i && candidates.index(list[a], state.server(i)) >= 0) {
            double change = state.swapBound(i, list[a]);
            if (change < -state.threshold()) {
              partner[found] = list[a];
              bound[found++] = change;
            }
          }
        }
      }
      any |= swapBestFirst(state, i, partner, bound, found);
    }
    return any;
  }

  private static boolean swapBestFirst(
      ConvexState state, int user, int[] partner, double[] bound, int found) {
    for (int left = found; left > 0; left--) {
      int best = 0;
      for (int c = 1; c < left; c++) {
        if (bound[c] < bound[best]) {
          best = c;
        }
      }
      if (state.trySwap(user, partner[best])) {
        return true;
      }
      partner[best] = partner[left - 1];
      bound[best] = bound[left - 1];
    }
    return false;
  }
}
