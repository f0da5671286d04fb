package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.live.View;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.TaskKind;
import org.jspecify.annotations.Nullable;

/** Turns a server's users into numbers of the order of one. */
final class Features {
  /** Numbers for each user. */
  static final int USER = 16;

  /** Numbers for each server. */
  static final int SERVER = 6;

  /** Actions for each user: uplink and compute. */
  static final int ACTIONS = 2;

  private static final double LEAST = 1e-6;

  private Features() {}

  /**
   * The observation of a server in the live system.
   *
   * @param uplinkShare the convex allocation y*, z*
   */
  static Observation of(
      View view, int server, int[] members, double[] uplinkShare, double[] computeShare) {
    float[][] active = new float[members.length][];
    for (int a = 0; a < members.length; a++) {
      boolean uploading = view.uploading()[members[a]];
      active[a] = new float[] {uploading ? 1 : 0, uploading ? 0 : 1};
    }
    return build(view, server, members, uplinkShare, computeShare, active);
  }

  /** The observation of a server in a single slot, where both shares of every user matter. */
  static Observation ofSlot(
      SlotProblem problem,
      int[] association,
      int server,
      int[] members,
      double[] uplinkShare,
      double[] computeShare) {
    int count = problem.userCount();
    View view =
        new View(
            problem,
            association,
            new boolean[count],
            new double[count],
            new @Nullable TaskKind[count]);
    float[][] active = new float[members.length][];
    for (int a = 0; a < members.length; a++) {
      active[a] = new float[] {1, 1};
    }
    return build(view, server, members, uplinkShare, computeShare, active);
  }

  private static Observation build(
      View view,
      int server,
      int[] members,
      double[] uplinkShare,
      double[] computeShare,
      float[][] active) {
    SlotProblem problem = view.problem();
    double speed = problem.servers().gflopPerMs()[server];
    double[] gflop = problem.users().serverGflop();
    double uploading = 0;
    double computing = 0;
    double backlog = 0;
    for (int a = 0; a < members.length; a++) {
      uploading += active[a][0];
      computing += active[a][1];
      backlog += active[a][1] * gflop[members[a]] / speed;
    }
    double mean = computing == 0 ? 1 : backlog / computing;
    float[][] users = new float[members.length][];
    for (int a = 0; a < members.length; a++) {
      int i = members[a];
      double workMs = gflop[i] / speed;
      users[a] =
          new float[] {
            active[a][0],
            active[a][1],
            log(1 + problem.users().deviceMs()[i]),
            log(1 + problem.fullBandUplinkMs(i, server)),
            log(1 + workMs),
            (float) (active[a][1] * Math.log(workMs / mean)),
            (float) (view.ageMs()[i] / 1000),
            (float) problem.users().battery()[i],
            log(1 + problem.users().costPerUplinkMs()[i]),
            log(1 + problem.users().costPerShare()[i]),
            kind(view, i, TaskKind.CODE),
            kind(view, i, TaskKind.SUMMARY),
            kind(view, i, TaskKind.CHAT),
            active[a][0] * log(Math.max(uplinkShare[i], LEAST)),
            active[a][1] * log(Math.max(computeShare[i], LEAST)),
            (float) (workMs / 100)
          };
    }
    float[] numbers = {
      (float) (uploading / 8),
      (float) (computing / 8),
      (float) (backlog / 500),
      (float) (mean / 100),
      (float) (Math.log(speed) / 5),
      (float) (problem.userCount() / (10.0 * problem.serverCount()))
    };
    return new Observation(users, numbers, active);
  }

  private static float log(double value) {
    return (float) (Math.log(value) / 5);
  }

  private static float kind(View view, int user, TaskKind kind) {
    return view.kind()[user] == kind ? 1 : 0;
  }
}
