package dev.paceline.scheduler.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.allocation.UniformShares;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.WorkloadConfig;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AssociationTest {
  @Test
  void algorithmOneSwapsOnlyImproveAndEnd() {
    for (int seed = 0; seed < 20; seed++) {
      SlotProblem problem = SlotProblem.draw(Scenario.paper(40, 6), seed);
      int[] gain = Baselines.MAX_SINR.associate(problem, new SplittableRandom(seed));
      SwapState[] states = {
        new ConvexState(problem, Candidates.all(problem), gain), new UniformState(problem, gain)
      };
      for (SwapState state : states) {
        double before = state.objective();
        int[] loads = loads(problem, state);
        for (int i = 0; i < 40; i++) {
          for (int k = i + 1; k < 40; k++) {
            if (state.server(i) != state.server(k) && state.trySwap(i, k)) {
              double after = state.objective();
              assertThat(after).isLessThan(before);
              before = after;
            }
          }
        }
        Tma.swapUntilStable(state, 40);
        assertThat(Tma.swapUntilStable(state, 40)).as("swaps left").isZero();
        assertThat(state.objective()).isLessThanOrEqualTo(before);
        assertThat(loads(problem, state)).as("swaps keep every load").isEqualTo(loads);
      }
    }
  }

  /** The incrementally kept objective and the pruning must agree with solving from scratch. */
  @Test
  void incrementalObjectiveEqualsEvaluationFromScratch() {
    SlotProblem problem = SlotProblem.draw(Scenario.paper(60, 8), 5);
    double device = Arrays.stream(problem.users().deviceMs()).sum();
    int[] gain = Baselines.MAX_SINR.associate(problem, new SplittableRandom(1));
    ConvexState state = new ConvexState(problem, Candidates.all(problem), gain);
    Tma.swapUntilStable(state, 60);
    int[] server = new int[60];
    Arrays.setAll(server, state::server);
    double scratch = objective(problem, server);
    assertThat(state.objective() + device).isCloseTo(scratch, within(1e-7 * scratch));
    UniformState uniform = new UniformState(problem, gain);
    Tma.swapUntilStable(uniform, 60);
    Arrays.setAll(server, uniform::server);
    Allocation allocation = Groups.allocate(problem, server, new UniformShares());
    assertThat(uniform.objective())
        .isCloseTo(Evaluation.of(problem, allocation).objective(), within(1e-6));
  }

  /** Bounds must never exceed the true change, or an improvement could be pruned. */
  @Test
  void boundsNeverExceedTheTrueChange() {
    SlotProblem problem = SlotProblem.draw(Scenario.paper(40, 5), 9);
    SplittableRandom random = new SplittableRandom(2);
    for (int k = 0; k < 300; k++) {
      int[] server = Baselines.RANDOM.associate(problem, random);
      ConvexState state = new ConvexState(problem, Candidates.all(problem), server);
      int user = random.nextInt(40);
      int to = random.nextInt(5);
      if (to == server[user] || !state.hasRoom(to)) {
        continue;
      }
      double before = objective(problem, server);
      double bound = state.moveBound(user, to);
      server[user] = to;
      assertThat(objective(problem, server) - before).isGreaterThanOrEqualTo(bound - 1e-6 * before);
    }
  }

  @Test
  void everyRuleIsFeasibleUnderEveryConfiguration() {
    AssociationRule[] rules = {
      Baselines.RANDOM,
      Baselines.MAX_SINR,
      Baselines.MAX_COMPUTE_TOP,
      Baselines.MAX_COMPUTE_LOAD,
      Tma.uniform(),
      Tma.convex(),
      new TmaPlus()
    };
    int[][] sizes = {{1, 1}, {14, 1}, {30, 4}, {90, 3}, {150, 4}};
    for (int[] size : sizes) {
      for (ComputeProfile profile : ComputeProfile.values()) {
        Scenario scenario = Scenario.paper(size[0], size[1]);
        WorkloadConfig workload = WorkloadConfig.paper().withCompute(profile);
        SlotProblem problem =
            SlotProblem.draw(
                scenario.with(workload).with(scenario.objective().withEnergyWeight(20)), size[0]);
        for (AssociationRule rule : rules) {
          int[] server = rule.associate(problem, new SplittableRandom(4));
          assertThat(fits(problem, server)).as(rule.word()).isTrue();
          Feasibility.check(problem, Groups.allocate(problem, server, new ConvexShares()));
          Feasibility.check(problem, Groups.allocate(problem, server, new UniformShares()));
        }
      }
    }
  }

  @Test
  void baselinesAreWhatTheirNamesSay() {
    SlotProblem problem = SlotProblem.draw(Scenario.paper(30, 6), 3);
    SplittableRandom random = new SplittableRandom(6);
    int[] sinr = Baselines.MAX_SINR.associate(problem, random);
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < 6; j++) {
        boolean full = loads(sinr, 6)[j] == problem.servers().sessionCapacity()[j];
        assertThat(full || problem.snr(i, sinr[i]) >= problem.snr(i, j) * (1 - 1e-9)).isTrue();
      }
    }
    // Servers 2 and 5 are the RTX 4090s.
    assertThat(Baselines.MAX_COMPUTE_TOP.associate(problem, random))
        .containsOnly(2, 5)
        .contains(2, 5);
    int[] load = loads(Baselines.MAX_COMPUTE_LOAD.associate(problem, random), 6);
    assertThat(load[2]).isGreaterThan(load[1]);
    assertThat(load[1]).isGreaterThan(load[0]);
    int[] counts = new int[6];
    for (int k = 0; k < 200; k++) {
      for (int j : Baselines.RANDOM.associate(problem, random)) {
        counts[j]++;
      }
    }
    // 6000 draws, 1000 expected each, standard deviation 29.
    assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 880 && count < 1120);
  }

  @Test
  void improvingNeverMakesWorse() {
    SlotProblem problem = SlotProblem.draw(Scenario.paper(50, 5), 8);
    int[] start = Baselines.RANDOM.associate(problem, new SplittableRandom(3));
    int[] better = new TmaPlus().improve(problem, start);
    assertThat(objective(problem, better)).isLessThan(objective(problem, start));
    assertThat(objective(problem, new TmaPlus().improve(problem, better)))
        .isLessThanOrEqualTo(objective(problem, better) + 1e-6);
  }

  @Test
  void tooManyUsersForTheExactSolverIsOneSentence() {
    SlotProblem problem = SlotProblem.draw(Scenario.paper(15, 2), 1);
    assertThatThrownBy(() -> new ExactAssociation().associate(problem, new SplittableRandom(1)))
        .isInstanceOf(UserError.class)
        .hasMessage("the exact association takes at most 14 users, not 15");
  }

  private static double objective(SlotProblem problem, int[] server) {
    return Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
  }

  private static int[] loads(SlotProblem problem, SwapState state) {
    int[] server = new int[problem.userCount()];
    Arrays.setAll(server, state::server);
    return loads(server, problem.serverCount());
  }

  private static int[] loads(int[] server, int servers) {
    int[] loads = new int[servers];
    for (int j : server) {
      loads[j]++;
    }
    return loads;
  }

  private static boolean fits(SlotProblem problem, int[] server) {
    int[] loads = loads(server, problem.serverCount());
    for (int j = 0; j < loads.length; j++) {
      if (loads[j] > problem.servers().sessionCapacity()[j]) {
        return false;
      }
    }
    return true;
  }
}
