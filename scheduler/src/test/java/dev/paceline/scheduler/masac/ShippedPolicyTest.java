package dev.paceline.scheduler.masac;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.live.LiveRules;
import dev.paceline.scheduler.live.LiveRun;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SionnaTrace;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the shipped policies do on seeds, sizes and channels they were not trained on. */
class ShippedPolicyTest {
  private static final long HELD_OUT = 5_000_000;

  @Test
  void residualPolicyIsNeverWorseThanConvexInASlot() {
    LearnedShares residual = LearnedShares.shipped(Variant.RESIDUAL);
    for (int seed = 0; seed < 20; seed++) {
      SplittableRandom random = new SplittableRandom(HELD_OUT + seed);
      notWorse(SlotProblem.draw(Curriculum.slot(random), HELD_OUT + seed), residual);
    }
    SionnaTrace trace = SionnaTrace.builtIn();
    for (int slot = 0; slot < 60; slot += 6) {
      notWorse(
          SlotProblem.draw(
              Scenario.paper(30, 4), trace.channel(slot, 1), new SplittableRandom(slot)),
          residual);
    }
  }

  private static void notWorse(SlotProblem problem, LearnedShares residual) {
    int[] server = new TmaPlus().associate(problem, new SplittableRandom(1));
    double learned =
        Evaluation.of(
                problem, Feasibility.check(problem, Groups.allocate(problem, server, residual)))
            .objective();
    double convex =
        Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
    assertThat(learned).isLessThanOrEqualTo(1.005 * convex);
  }

  @Test
  void residualPolicyBeatsConvexWhereWorkCarriesOver() {
    LiveConfig config = Curriculum.live(100, 10, 150, 0);
    LearnedShares residual = LearnedShares.shipped(Variant.RESIDUAL);
    double[] mine = new double[6];
    double[] convex = new double[6];
    for (int k = 0; k < mine.length; k++) {
      mine[k] = LiveRun.of(config, residual, HELD_OUT + k, 240).meanLatencyMs();
      convex[k] = LiveRun.of(config, LiveRules.CONVEX, HELD_OUT + k, 240).meanLatencyMs();
    }
    Statistics below = Statistics.reduction(mine, convex);
    System.out.printf(
        "residual below convex: %.2f %% [%.2f, %.2f]%n",
        100 * below.mean(), 100 * below.low(), 100 * below.high());
    assertThat(below.low()).isGreaterThan(0.05);
  }

  @Test
  void paperPolicyIsFeasibleEverywhere() {
    LearnedShares paper = LearnedShares.shipped(Variant.PAPER);
    for (int seed = 0; seed < 10; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      SlotProblem problem = SlotProblem.draw(Curriculum.slot(random), HELD_OUT + seed);
      int[] server = new TmaPlus().associate(problem, random);
      Feasibility.check(problem, Groups.allocate(problem, server, paper));
    }
  }
}
