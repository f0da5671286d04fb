package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.random.RandomGenerator;

/**
 * Iterated local search on top of {@link TmaPlus}: a few users are thrown onto other servers, moves
 * and swaps repair what that broke, and the result is kept if it is no worse.
 *
 * <p>Single moves and swaps cannot leave an association that only a chain of several improves; with
 * one to three users on a server such associations are common. Takes {@code rounds} searches, so it
 * is for finding out how good TMA+ is rather than for decisions in milliseconds.
 */
public final class IteratedSearch implements AssociationRule {
  private static final int LEAST_KICKED = 3;
  private static final int MOST_KICKED = 5;

  private final int rounds;

  /**
   * @param rounds kicks, each followed by a search
   */
  public IteratedSearch(int rounds) {
    this.rounds = rounds;
  }

  @Override
  public String word() {
    return "iterated";
  }

  @Override
  public int[] associate(SlotProblem problem, RandomGenerator random) {
    return improve(problem, new TmaPlus().associate(problem, random), random);
  }

  /**
   * Improves an existing association.
   *
   * @return the association found and never a worse one
   */
  public int[] improve(SlotProblem problem, int[] start, RandomGenerator random) {
    Candidates candidates = Candidates.all(problem);
    ConvexState state = new ConvexState(problem, candidates, start);
    improve(problem, candidates, state, rounds, random);
    return state.association();
  }

  /** Improves a state in place. */
  static void improve(
      SlotProblem problem,
      Candidates candidates,
      ConvexState state,
      int rounds,
      RandomGenerator random) {
    if (problem.serverCount() < 2 || problem.userCount() < 2) {
      return;
    }
    double least = state.objective();
    int settled = state.now();
    for (int k = 0; k < rounds; k++) {
      int[] before = state.association();
      int[] kicked = before.clone();
      kick(problem, kicked, random);
      state.become(kicked);
      TmaPlus.search(problem, candidates, state, settled);
      if (state.objective() <= least) {
        least = state.objective();
      } else {
        state.become(before);
      }
      settled = state.now();
    }
  }

  /**
   * Passes users on along a chain of servers: each takes the place of the next, so that one server
   * loses a user and another gets one more.
   */
  private static void kick(SlotProblem problem, int[] server, RandomGenerator random) {
    int[] sessions = new int[problem.serverCount()];
    for (int j : server) {
      sessions[j]++;
    }
    int count = random.nextInt(LEAST_KICKED, MOST_KICKED + 1);
    int to = random.nextInt(sessions.length);
    for (int k = 0; k < count && sessions[to] < problem.servers().sessionCapacity()[to]; k++) {
      int user = random.nextInt(server.length);
      int from = server[user];
      sessions[from]--;
      sessions[to]++;
      server[user] = to;
      to = from;
    }
  }
}
