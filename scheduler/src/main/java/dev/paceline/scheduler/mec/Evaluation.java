package dev.paceline.scheduler.mec;

import java.util.Arrays;

/**
 * What a decision costs. Latencies in ms and energies in mJ, one element per user.
 *
 * @param objective Σ of P1 in ms, compute energy left out: it does not depend on the decision and
 *     is three orders of magnitude larger than what does
 * @param pipelineMs max(D^MD, d/R) + D^ES: drafting and upload overlap; the headline latency. The
 *     paper's objective charges D^MD + D^ES and has no uplink term.
 * @param objectiveMs D^MD + D^ES
 * @param sequentialMs D^MD + d/R + D^ES
 * @param uplinkMillijoules E^CM
 * @param computeMillijoules E^CP at 1e9 FLOP/J
 */
public record Evaluation(
    double objective,
    double[] pipelineMs,
    double[] objectiveMs,
    double[] sequentialMs,
    double[] uplinkMillijoules,
    double[] computeMillijoules) {
  /** δ^CP of Table I read as GFLOP per joule: 0.25 J a draft token. */
  private static final double GFLOP_PER_JOULE = 1;

  /** Evaluates a feasible allocation. */
  public static Evaluation of(SlotProblem problem, Allocation allocation) {
    int count = problem.userCount();
    double total = 0;
    double[] pipeline = new double[count];
    double[] objective = new double[count];
    double[] sequential = new double[count];
    double[] uplinkEnergy = new double[count];
    double[] computeEnergy = new double[count];
    EnergyModel energy = problem.objective().energy();
    for (int i = 0; i < count; i++) {
      int j = allocation.server()[i];
      double y = allocation.uplinkShare()[i];
      double z = allocation.computeShare()[i];
      total += problem.cost(i, j, y, z);
      double device = problem.users().deviceMs()[i];
      double uplink = problem.uplinkMs(i, j, y);
      double remote =
          problem.servers().waitMs()[j]
              + problem.users().serverGflop()[i] / (z * problem.servers().gflopPerMs()[j]);
      pipeline[i] = Math.max(device, uplink) + remote;
      objective[i] = device + remote;
      sequential[i] = device + uplink + remote;
      double watt = problem.users().transmitWatt()[i];
      uplinkEnergy[i] =
          energy.millijoulesPerMs(watt) * uplink
              + y
                  * energy.millijoulesPerShare(
                      watt, problem.objective().slotMs(), problem.bandHz());
      computeEnergy[i] = problem.users().deviceGflop()[i] / GFLOP_PER_JOULE * 1000;
    }
    return new Evaluation(total, pipeline, objective, sequential, uplinkEnergy, computeEnergy);
  }

  /** Mean of {@link #pipelineMs}. */
  public double meanPipelineMs() {
    return Arrays.stream(pipelineMs).average().orElse(0);
  }

  /** Mean of {@link #uplinkMillijoules}. */
  public double meanUplinkMillijoules() {
    return Arrays.stream(uplinkMillijoules).average().orElse(0);
  }

  /**
   * Jain's fairness index of the pipeline latencies, 1 if all are equal, 1/M if one user bears all.
   */
  public double jainIndex() {
    double sum = Arrays.stream(pipelineMs).sum();
    double squares = Arrays.stream(pipelineMs).map(v -> v * v).sum();
    return sum * sum / (pipelineMs.length * squares);
  }

  /** A quantile of {@link #pipelineMs} by linear interpolation. */
  public double pipelineQuantileMs(double quantile) {
    double[] sorted = pipelineMs.clone();
    Arrays.sort(sorted);
    double at = quantile * (sorted.length - 1);
    int low = (int) at;
    int high = Math.min(low + 1, sorted.length - 1);
    return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
  }
}
