package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.ShareRule;
import dev.paceline.scheduler.live.LiveRule;
import dev.paceline.scheduler.live.View;
import dev.paceline.scheduler.mec.SlotProblem;
import java.nio.file.Path;

/**
 * A learned policy's mean action as a share rule, for a single slot and for the live system.
 *
 * <p>The residual variant falls back to the shares it corrects where it expects no gain: in a
 * single slot it compares the objective itself, which makes it never worse than the convex shares;
 * in the live system it compares what the critics predict for both.
 */
public final class LearnedShares implements ShareRule, LiveRule {
  private final Learner learner;
  private final boolean fallback;

  LearnedShares(Learner learner, boolean fallback) {
    this.learner = learner;
    this.fallback = fallback;
  }

  /** The policy that the project ships. */
  public static LearnedShares shipped(Variant variant) {
    return new LearnedShares(PolicyFile.shipped(variant), variant.prior());
  }

  /**
   * A policy from a file.
   *
   * @throws dev.paceline.common.UserError if the file is unreadable or of another shape
   */
  public static LearnedShares read(Path file) {
    Learner learner = PolicyFile.read(file);
    return new LearnedShares(learner, learner.variant().prior());
  }

  @Override
  public String word() {
    return learner.variant().prior() ? "residual-masac" : "masac";
  }

  @Override
  public void share(
      SlotProblem problem,
      int server,
      int[] members,
      int count,
      double[] uplinkShare,
      double[] computeShare) {
    if (count == 0) {
      return;
    }
    int[] users = java.util.Arrays.copyOf(members, count);
    new ConvexShares().share(problem, server, users, count, uplinkShare, computeShare);
    Observation seen =
        Features.ofSlot(
            problem, new int[problem.userCount()], server, users, uplinkShare, computeShare);
    double[] uplink = uplinkShare.clone();
    double[] compute = computeShare.clone();
    map(seen, users, meanAction(seen), uplink, compute);
    if (fallback
        && cost(problem, server, users, uplink, compute)
            >= cost(problem, server, users, uplinkShare, computeShare)) {
      return;
    }
    for (int i : users) {
      uplinkShare[i] = uplink[i];
      computeShare[i] = compute[i];
    }
  }

  @Override
  public void share(
      View view, int server, int[] members, double[] uplinkShare, double[] computeShare) {
    learner.variant().livePrior().share(view, server, members, uplinkShare, computeShare);
    Observation seen = Features.of(view, server, members, uplinkShare, computeShare);
    float[][] action = meanAction(seen);
    if (fallback && value(seen, action) < value(seen, new float[members.length][2])) {
      return;
    }
    map(seen, members, action, uplinkShare, computeShare);
  }

  /** Applies an action to the shares it corrects, in place. */
  void map(Observation seen, int[] members, float[][] action, double[] uplink, double[] compute) {
    Variant v = learner.variant();
    ShareMap.apply(members, seen.active(), action, 0, v.uplinkReach(), v.prior(), 1, uplink);
    ShareMap.apply(members, seen.active(), action, 1, v.computeReach(), v.prior(), 0, compute);
  }

  private float[][] meanAction(Observation seen) {
    float[][] out = learner.actor().run(seen.users(), seen.server());
    float[][] action = new float[out.length][2];
    for (int a = 0; a < out.length; a++) {
      action[a][0] = (float) Math.tanh(out[a][0]) * seen.active()[a][0];
      action[a][1] = (float) Math.tanh(out[a][1]) * seen.active()[a][1];
    }
    return action;
  }

  /** The lower of the critics' values. */
  private double value(Observation seen, float[][] action) {
    float[][] rows = new float[seen.count()][];
    for (int a = 0; a < rows.length; a++) {
      rows[a] = java.util.Arrays.copyOf(seen.users()[a], Features.USER + Features.ACTIONS);
      System.arraycopy(action[a], 0, rows[a], Features.USER, Features.ACTIONS);
    }
    double least = Double.POSITIVE_INFINITY;
    for (SetModel critic : learner.critics()) {
      least = Math.min(least, critic.run(rows, seen.server())[0][0]);
    }
    return least;
  }

  private static double cost(
      SlotProblem problem, int server, int[] users, double[] uplink, double[] compute) {
    double sum = 0;
    for (int i : users) {
      sum += problem.cost(i, server, uplink[i], compute[i]);
    }
    return sum;
  }
}
