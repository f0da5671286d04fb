package dev.paceline.scheduler.live;

import dev.paceline.scheduler.mec.ModelPair;
import dev.paceline.scheduler.mec.Task;

/** A device's task in flight. Mutable; owned by one {@link LiveSystem}. */
final class Session {
  /** Relative spread of a task's length around its kind's mean, known to everybody. */
  private static final double SPREAD = 0.25;

  final int device;
  final Task task;
  final double arrivedMs;
  int server = -1;
  double draftMsLeft;
  double bitsLeft;
  double gflopLeft;
  double gflopDone;

  /** Verification cannot begin before: the server has no prefill yet. */
  double readyMs;

  Session(int device, Task task, double arrivedMs, double draftMs, double bits) {
    this.device = device;
    this.task = task;
    this.arrivedMs = arrivedMs;
    this.draftMsLeft = draftMs;
    this.bitsLeft = bits;
    this.gflopLeft = task.serverGflop();
  }

  /** Drafting or uploading: the uplink share matters, the compute share does not yet. */
  boolean uploading() {
    return draftMsLeft > 0 || bitsLeft > 0;
  }

  boolean done() {
    return !uploading() && gflopLeft <= 0;
  }

  /**
   * Expected rest of the server's work in GFLOP: the length is uniform within ±25 % of its kind's
   * mean and at least what has been done already.
   */
  double expectedGflopLeft() {
    double mean = task.kind().meanOutputTokens() / task.kind().acceptanceRate();
    double least = gflop(mean * (1 - SPREAD));
    double most = gflop(mean * (1 + SPREAD));
    double expected = (Math.max(least, gflopDone) + most) / 2 - gflopDone;
    return Math.max(expected, 0.01 * most);
  }

  private double gflop(double drafted) {
    return ModelPair.TARGET_GFLOP_PER_TOKEN * (task.promptTokens() + drafted);
  }

  double latencyMs(double nowMs) {
    return nowMs - arrivedMs;
  }
}
