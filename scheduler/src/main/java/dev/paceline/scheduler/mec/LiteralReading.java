package dev.paceline.scheduler.mec;

/**
 * The paper's formulas to the letter, for audit; no decision uses them. Each method says what the
 * rest of the package does instead.
 */
public final class LiteralReading {
  private LiteralReading() {}

  /**
   * Eq. 5's SNR, h² P / N0 with N0 the density: its unit is hertz. Used instead: noise over the
   * band, {@link NoiseModel}.
   */
  public static double snrHertz(double gainDb, double transmitWatt) {
    double wattPerHz = Math.pow(10, RadioConfig.NOISE_DBM_PER_HZ / 10) / 1000;
    return Math.pow(10, gainDb / 10) * transmitWatt / wattPerHz;
  }

  /**
   * Eq. 4 and 7 sum the shares of one user over the servers: Σ_j y_ij ≤ 1 for every i. Used
   * instead: the sum over the users of each server, {@link Feasibility}.
   */
  public static boolean sharesWithinOne(double[][] shareByUserAndServer) {
    for (double[] user : shareByUserAndServer) {
      double sum = 0;
      for (double share : user) {
        sum += share;
      }
      if (sum > 1) {
        return false;
      }
    }
    return true;
  }

  /**
   * Eq. 8's computing energy δ^CP f with δ^CP = 1e9, the product read as joules: 1e20 J for one
   * answer. Used instead: 1e9 FLOP per joule, {@link Evaluation#computeMillijoules}.
   */
  public static double computeJoules(double gflop) {
    return 1e9 * gflop * 1e9;
  }

  /**
   * Eq. 8's transmission energy δ^CM y W P, hertz times watts. Used instead: {@link
   * EnergyModel#PHYSICAL}; this reading can be chosen as {@link EnergyModel#LITERAL}.
   */
  public static double transmission(double share, double bandHz, double transmitWatt) {
    return EnergyModel.TRANSMIT_COEFFICIENT * share * bandHz * transmitWatt;
  }

  /**
   * The synchronisation term λ ‖D^MD − d/R‖² in the seconds that the paper's latencies are in: with
   * λ = 1e-2 and 30 ms of difference 9 microseconds, which no decision notices. Used instead:
   * milliseconds, {@link ObjectiveConfig}.
   */
  public static double syncPenaltySeconds(double weight, double deviceMs, double uplinkMs) {
    double seconds = (deviceMs - uplinkMs) / 1000;
    return weight * seconds * seconds;
  }

  /**
   * The reward I / I_base: maximising it maximises the cost. Used instead: its negative.
   *
   * @param objective I of the decision
   * @param baseline I of random association with uniform shares
   */
  public static double reward(double objective, double baseline) {
    return objective / baseline;
  }

  /**
   * Algorithm 1, line 11: a swap is made if the objective after it is larger, although P1 is a
   * minimisation. Used instead: smaller, by more than rounding.
   */
  public static boolean swaps(double objectiveBefore, double objectiveAfter) {
    return objectiveAfter > objectiveBefore;
  }

  /**
   * The target critic's update φ ← ξ φ + (1 − ξ) φ̄, which overwrites the critic and leaves the
   * target alone. Used instead: φ̄ ← ξ φ + (1 − ξ) φ̄.
   */
  public static double softUpdate(double critic, double target, double rate) {
    return rate * critic + (1 - rate) * target;
  }
}
