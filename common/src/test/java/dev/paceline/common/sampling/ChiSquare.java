package dev.paceline.common.sampling;

/** Pearson's test of observed counts against expected probabilities. */
public final class ChiSquare {
  private ChiSquare() {}

  /**
   * The chance of a deviation at least as large if the probabilities are right, by the
   * Wilson–Hilferty approximation (PNAS 17, 1931); its error is below 0.001 from three degrees of
   * freedom on.
   *
   * @param expected not normalised; cells of zero must be empty and do not count
   */
  public static double pValue(long[] observed, double[] expected) {
    double total = 0;
    double weight = 0;
    for (int i = 0; i < observed.length; i++) {
      total += observed[i];
      weight += expected[i];
    }
    double statistic = 0;
    int cells = 0;
    for (int i = 0; i < observed.length; i++) {
      double e = expected[i] / weight * total;
      if (e > 0) {
        statistic += (observed[i] - e) * (observed[i] - e) / e;
        cells++;
      } else if (observed[i] > 0) {
        return 0;
      }
    }
    double k = cells - 1;
    double z = (Math.cbrt(statistic / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
    return upperTail(z);
  }

  /** 1 − Φ(z), Abramowitz and Stegun 26.2.17. */
  private static double upperTail(double z) {
    double t = 1 / (1 + 0.2316419 * Math.abs(z));
    double poly =
        t
            * (0.319381530
                + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    double tail = Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * poly;
    return z >= 0 ? tail : 1 - tail;
  }
}
