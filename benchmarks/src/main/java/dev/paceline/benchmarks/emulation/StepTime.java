package dev.paceline.benchmarks.emulation;

/**
 * How long a device needs for a step.
 *
 * @param firstRowMillis a step of one row
 * @param rowMillis each further row
 */
public record StepTime(double firstRowMillis, double rowMillis) {
  /** The duration of a step. */
  public long nanos(int rows) {
    return Math.round((firstRowMillis + rowMillis * Math.max(0, rows - 1)) * 1e6);
  }
}
