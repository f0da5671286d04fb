package dev.paceline.common.speculation.target;

import java.util.Arrays;
import java.util.Locale;

/**
 * How long a step takes as a function of its rows: measured at warm-up, kept current by every step.
 * Not thread-safe: the engine's thread owns it.
 *
 * <p>The curve has knots at 1 … 8 rows, where kernels change from row to row, and from there at
 * powers of two and half-way between them; it is linear between knots and beyond the last ones that
 * were measured. What it promises: positive, finite and never falling with the rows, whatever was
 * measured.
 *
 * <p><b>Warm-up.</b> Each {@link #calibrate} call is one run; a knot keeps its fastest, since
 * whatever else happens on a machine only ever adds time.
 *
 * <p><b>Service.</b> Each {@link #observed} step moves the curve towards it in logarithms: most of
 * the way as a whole, for a machine that is busier or clocked down is slower at every row count,
 * and the rest at the knots beside it. The error that counts is bounded, as in Huber's estimator of
 * a location (Annals of Mathematical Statistics 35, 1964): one step that took ten times as long
 * moves the curve by 4 %. A device that turns twice as slow for good is believed after some twenty
 * steps.
 *
 * <p><b>Order.</b> Readings come from the non-decreasing curve nearest to the knots (pooled
 * adjacent violators): noise that makes more rows look faster becomes a flat piece, not a negative
 * price.
 *
 * <p>Without any measurement rows are free; the first observation sets the height.
 */
public final class StepTimes {
  private static final double SHARED_GAIN = 0.1;
  private static final double LOCAL_GAIN = 0.05;
  private static final double LARGEST_ERROR = 0.3;
  private static final int DENSE = 8;

  private final int[] rows;
  private final double[] log;
  private final boolean[] measured;
  private final double[] fitted;
  private int known;

  /**
   * @param maxRows of a step, at least 1
   */
  public StepTimes(int maxRows) {
    if (maxRows < 1) {
      throw new IllegalArgumentException("steps of at most " + maxRows + " rows");
    }
    rows = knots(maxRows);
    log = new double[rows.length];
    measured = new boolean[rows.length];
    fitted = new double[rows.length];
  }

  private static int[] knots(int maxRows) {
    int[] all = new int[80];
    int count = 0;
    for (int r = 1; r < maxRows; r = next(r)) {
      all[count++] = r;
    }
    all[count++] = maxRows;
    return Arrays.copyOf(all, count);
  }

  /** 1, 2 … 8, 12, 16, 24, 32, 48 … */
  private static int next(int r) {
    if (r < DENSE) {
      return r + 1;
    }
    long step = Integer.highestOneBit(r) / 2;
    return (int) Math.min(Integer.MAX_VALUE, r + step);
  }

  /** The row counts to measure at warm-up, ascending; the last is the largest step. */
  public int[] rowCounts() {
    return rows.clone();
  }

  /**
   * One run at warm-up.
   *
   * @param rowCount one of {@link #rowCounts}
   * @param nanos not positive: ignored
   */
  public void calibrate(int rowCount, long nanos) {
    int knot = Arrays.binarySearch(rows, rowCount);
    if (knot < 0) {
      throw new IllegalArgumentException(rowCount + " rows are no knot of the curve");
    }
    if (nanos > 0) {
      double value = Math.log(nanos);
      log[knot] = measured[knot] ? Math.min(log[knot], value) : value;
      learn(knot);
      fit();
    }
  }

  /**
   * A step in service.
   *
   * @param rowCount at least 1
   * @param nanos not positive: ignored
   */
  public void observed(int rowCount, long nanos) {
    if (nanos <= 0) {
      return;
    }
    int knot = below(rowCount);
    if (known == 0) {
      log[knot] = Math.log(nanos);
      learn(knot);
      fit();
      return;
    }
    double error = Math.log(nanos / nanos(rowCount));
    double bounded = Math.max(-LARGEST_ERROR, Math.min(LARGEST_ERROR, error));
    double part = part(knot, rowCount);
    for (int i = 0; i < rows.length; i++) {
      log[i] += SHARED_GAIN * bounded;
    }
    near(knot, 1 - part, bounded);
    if (part > 0) {
      near(knot + 1, part, bounded);
    }
    fit();
  }

  private void near(int knot, double weight, double error) {
    if (!measured[knot] && weight >= 0.5) {
      log[knot] = Math.log(fitted[knot]) + SHARED_GAIN * error;
      learn(knot);
    }
    log[knot] += LOCAL_GAIN * weight * error;
  }

  private void learn(int knot) {
    if (!measured[knot]) {
      measured[knot] = true;
      known++;
    }
  }

  /**
   * Expected nanoseconds of a step.
   *
   * @param rowCount at least 0; 0 rows are no step and take no time
   */
  public double nanos(int rowCount) {
    if (rowCount <= 0 || known == 0) {
      return 0;
    }
    int knot = below(rowCount);
    if (knot == rows.length - 1) {
      return beyond(rowCount);
    }
    double part = part(knot, rowCount);
    return fitted[knot] + part * (fitted[knot + 1] - fitted[knot]);
  }

  private double beyond(int rowCount) {
    int last = rows.length - 1;
    double slope =
        last == 0 ? 0 : (fitted[last] - fitted[last - 1]) / (rows[last] - rows[last - 1]);
    return fitted[last] + slope * (rowCount - rows[last]);
  }

  /** Whether anything was measured. */
  public boolean known() {
    return known > 0;
  }

  /** Milliseconds at a few row counts, for logs. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int r = 1; r <= rows[rows.length - 1]; r *= 4) {
      text.append(text.length() == 0 ? "" : ", ")
          .append(String.format(Locale.ROOT, "%.2f ms with %d", nanos(r) * 1e-6, r));
    }
    return text + " rows";
  }

  /** The last knot at or below a row count. */
  private int below(int rowCount) {
    int at = Arrays.binarySearch(rows, rowCount);
    return at >= 0 ? at : Math.max(0, -at - 2);
  }

  private double part(int knot, int rowCount) {
    if (knot == rows.length - 1 || rowCount <= rows[knot]) {
      return 0;
    }
    return (double) (rowCount - rows[knot]) / (rows[knot + 1] - rows[knot]);
  }

  /** Pools what was measured into a non-decreasing curve and fills the gaps. */
  private void fit() {
    double[] level = new double[known];
    int[] size = new int[known];
    int blocks = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!measured[i]) {
        continue;
      }
      level[blocks] = Math.exp(log[i]);
      size[blocks++] = 1;
      while (blocks > 1 && level[blocks - 2] > level[blocks - 1]) {
        int both = size[blocks - 2] + size[blocks - 1];
        level[blocks - 2] =
            (level[blocks - 2] * size[blocks - 2] + level[blocks - 1] * size[blocks - 1]) / both;
        size[blocks - 2] = both;
        blocks--;
      }
    }
    spread(level, size);
  }

  private void spread(double[] level, int[] size) {
    int block = 0;
    int used = 0;
    int last = -1;
    for (int i = 0; i < rows.length; i++) {
      if (!measured[i]) {
        continue;
      }
      fitted[i] = level[block];
      if (++used == size[block]) {
        block++;
        used = 0;
      }
      for (int gap = last + 1; gap < i; gap++) {
        double part = last < 0 ? 1 : (double) (rows[gap] - rows[last]) / (rows[i] - rows[last]);
        fitted[gap] = last < 0 ? fitted[i] : fitted[last] + part * (fitted[i] - fitted[last]);
      }
      last = i;
    }
    double slope = 0;
    for (int i = last - 1; i >= 0 && slope == 0; i--) {
      slope = measured[i] ? (fitted[last] - fitted[i]) / (rows[last] - rows[i]) : 0;
    }
    for (int i = last + 1; i < rows.length; i++) {
      fitted[i] = fitted[last] + slope * (rows[i] - rows[last]);
    }
  }
}
