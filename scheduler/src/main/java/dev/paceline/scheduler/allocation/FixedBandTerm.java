package dev.paceline.scheduler.allocation;

import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.SyncPenalty;

/**
 * The rate linear in the share: y = q/u.
 *
 * <p>Stationarity 2λ(u − D) + e = (b + ν) q / u² is the cubic u³ − A u² − C = 0 with A = D − e/2λ
 * and C = (b + ν) q / 2λ. For C > 0 it has exactly one positive root (Descartes). Left of it u − A
 * − C/u² is increasing and concave, so Newton's iteration from the left is monotone.
 */
final class FixedBandTerm implements UplinkTerm {
  private static final double LEAST_MS = 1e-12;
  private static final int MAX_STEPS = 60;

  private final double[] fullBandMs;
  private final double[] deviceMs;
  private final double[] perMs;
  private final double[] perShare;
  private final double weight;
  private final boolean oneSided;
  private final int servers;

  FixedBandTerm(SlotProblem problem) {
    fullBandMs = problem.fullBandUplinkMs();
    deviceMs = problem.users().deviceMs();
    perMs = problem.users().costPerUplinkMs();
    perShare = problem.users().costPerShare();
    weight = problem.objective().syncWeightPerMs();
    oneSided = problem.objective().penalty() == SyncPenalty.ONE_SIDED;
    servers = problem.serverCount();
  }

  @Override
  public double uplinkMs(int user, int server, double price) {
    double q = fullBandMs[user * servers + server];
    double charge = perShare[user] + price;
    double device = deviceMs[user];
    double root = positiveRoot(device - perMs[user] / (2 * weight), charge * q / (2 * weight));
    if (oneSided && root < device) {
      // Without the penalty e u + (b + ν) q / u is least at √((b + ν) q / e); e > 0, or root ≥ D.
      return Math.max(LEAST_MS, Math.min(device, Math.sqrt(charge * q / perMs[user])));
    }
    return root;
  }

  @Override
  public double share(int user, int server, double uplinkMs) {
    return fullBandMs[user * servers + server] / uplinkMs;
  }

  @Override
  public double slope(int user, int server, double price, double uplinkMs) {
    double q = fullBandMs[user * servers + server];
    double charge = perShare[user] + price;
    if (oneSided && uplinkMs < deviceMs[user]) {
      return -q / uplinkMs / (2 * charge);
    }
    double density = q / (uplinkMs * uplinkMs);
    return -density * density / (2 * weight + 2 * charge * density / uplinkMs);
  }

  /** The positive root of u³ − a u² − c, or the least time told apart if there is none. */
  static double positiveRoot(double a, double c) {
    if (!(c > 0)) {
      return Math.max(LEAST_MS, a);
    }
    double u;
    if (a > 0) {
      // Both a and the cube root of c are below the root.
      u = c <= a * a * a ? a : Math.cbrt(c);
    } else {
      u = Math.min(Math.cbrt(c / 2), Math.sqrt(c / (2 * Math.max(-a, Double.MIN_NORMAL))));
    }
    for (int k = 0; k < MAX_STEPS; k++) {
      double step = (u * u * (u - a) - c) / (u * (3 * u - 2 * a));
      u -= step;
      if (Math.abs(step) <= 1e-13 * u) {
        break;
      }
    }
    return Math.max(LEAST_MS, u);
  }
}
