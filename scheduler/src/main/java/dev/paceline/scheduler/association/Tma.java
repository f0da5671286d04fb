package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;

/**
 * Two-phase matching-based association, the paper's Algorithm 1: every user starts at the server of
 * the highest gain, then pairs of users swap servers while a swap lowers the objective.
 *
 * <p>Line 11 of the algorithm accepts a swap that <em>raises</em> the objective of a minimisation;
 * read here as lowers. Swaps never change how many users a server has, so phase 1 fixes the load of
 * every server; {@link TmaPlus} has moves too. The shares y and z, which the paper decides before x
 * is known, are those the share rule gives the members of each candidate association; for learned
 * shares, which are a function of the whole set of members, pairs are compared under the convex
 * ones.
 *
 * <p>Ends, because the objective falls by a fixed amount with every swap and is bounded below.
 */
public final class Tma implements AssociationRule {
  private final String word;
  private final BiFunction<SlotProblem, int[], SwapState> start;

  private Tma(String word, BiFunction<SlotProblem, int[], SwapState> start) {
    this.word = word;
    this.start = start;
  }

  /** Pairs are compared under the exact convex shares. */
  public static Tma convex() {
    return new Tma(
        "tma", (problem, server) -> new ConvexState(problem, Candidates.all(problem), server));
  }

  /** Pairs are compared under equal shares. */
  public static Tma uniform() {
    return new Tma("tma", UniformState::new);
  }

  @Override
  public String word() {
    return word;
  }

  @Override
  public int[] associate(SlotProblem problem, RandomGenerator random) {
    SwapState state = start.apply(problem, Baselines.MAX_SINR.associate(problem, random));
    swapUntilStable(state, problem.userCount());
    int[] server = new int[problem.userCount()];
    Arrays.setAll(server, state::server);
    return server;
  }

  /** Phase 2, lines 8–16; returns the number of swaps made. */
  static int swapUntilStable(SwapState state, int users) {
    int swaps = 0;
    int before;
    do {
      before = swaps;
      for (int i = 0; i < users; i++) {
        for (int k = i + 1; k < users; k++) {
          if (state.server(i) != state.server(k) && state.trySwap(i, k)) {
            swaps++;
          }
        }
      }
    } while (swaps > before);
    return swaps;
  }
}
