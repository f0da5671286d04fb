package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.live.LiveRule;
import dev.paceline.scheduler.live.LiveRules;
import dev.paceline.scheduler.live.LiveRun;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Judges a policy on systems set aside: its cost over the convex allocator's, lower is better. */
final class Validation {
  private static final int[][] LIVE = {{40, 4}, {60, 10}, {80, 8}, {100, 10}};
  private static final double[] THINK_MS = {100, 150, 200, 400};
  private static final int LIVE_SLOTS = 160;
  private static final int SLOTS = 12;

  private final Variant variant;
  private final double[] convex;

  Validation(Variant variant) {
    this.variant = variant;
    this.convex = costs(null);
  }

  /** Mean of the ratios over the systems. */
  double score(Learner learner) {
    double[] mine = costs(learner);
    double sum = 0;
    for (int k = 0; k < mine.length; k++) {
      sum += mine[k] / convex[k];
    }
    return sum / mine.length;
  }

  private double[] costs(@Nullable Learner learner) {
    return variant == Variant.PAPER ? slots(learner) : live(learner);
  }

  private static double[] live(@Nullable Learner learner) {
    double[] means = new double[LIVE.length];
    for (int k = 0; k < means.length; k++) {
      LiveRule rule = learner == null ? LiveRules.CONVEX : new LearnedShares(learner, true);
      LiveConfig config = Curriculum.live(LIVE[k][0], LIVE[k][1], THINK_MS[k], 0);
      means[k] = LiveRun.of(config, rule, 900_000 + k, LIVE_SLOTS).meanLatencyMs();
    }
    return means;
  }

  private static double[] slots(@Nullable Learner learner) {
    SplittableRandom random = new SplittableRandom(900_000);
    double[] costs = new double[SLOTS];
    for (int k = 0; k < SLOTS; k++) {
      SlotProblem problem = SlotProblem.draw(Curriculum.paperSlot(random), 900_000 + k);
      int[] server = new TmaPlus().associate(problem, random);
      costs[k] =
          Evaluation.of(
                  problem,
                  Groups.allocate(
                      problem,
                      server,
                      learner == null ? new ConvexShares() : new LearnedShares(learner, false)))
              .objective();
    }
    return costs;
  }
}
