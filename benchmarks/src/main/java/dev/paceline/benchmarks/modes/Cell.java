package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.emulation.StepTime;

/**
 * One setting of link, devices and sampling.
 *
 * @param rttMs delay of both directions together
 * @param draftMs device's time for one draft token
 * @param stepMs server's time for a step of one row
 */
record Cell(double rttMs, double draftMs, double stepMs, float temperature) {
  /** What each further row of a step costs, as a share of the first. */
  private static final double ROW_SHARE = 0.01;

  StepTime stepTime() {
    return new StepTime(stepMs, ROW_SHARE * stepMs);
  }
}
