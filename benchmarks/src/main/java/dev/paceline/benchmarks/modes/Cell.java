package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.emulation.StepTime;

/**
 * One setting of link, devices and sampling.
 *
 * @param rttMs delay of both directions together
 * @param uplinkBytesPerSecond from the client; 0 for no limit
 * @param draftMs device's time for one draft token
 * @param stepMs server's time for a step of one row
 * @param serverDraftMs server's time for one draft token of its own; 0 if it has no draft model
 */
record Cell(
    double rttMs,
    double uplinkBytesPerSecond,
    double draftMs,
    double stepMs,
    float temperature,
    double serverDraftMs) {
  private static final double LONG_STEP_MS = 40;
  private static final int MOST_REPEATS = 5;

  /** What each further row of a step costs, as a share of the first. */
  private static final double ROW_SHARE = 0.01;

  /** How often a cell repeats each run: where steps are short, a millisecond of noise is a lot. */
  int repeats() {
    return (int) Math.max(1, Math.min(MOST_REPEATS, Math.round(LONG_STEP_MS / stepMs)));
  }

  StepTime serverDraftTime() {
    return new StepTime(serverDraftMs, ROW_SHARE * serverDraftMs);
  }

  StepTime stepTime() {
    return new StepTime(stepMs, ROW_SHARE * stepMs);
  }
}
