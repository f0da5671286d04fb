package dev.paceline.benchmarks.serve;

import dev.paceline.benchmarks.Samples;
import java.util.List;

/**
 * One line of the report.
 *
 * @param drafts whether the clients drafted
 * @param tokensPerSecond of all sessions together
 * @param itlP50Ms inter-token latency: the time between two verdicts, shared evenly by the tokens
 *     of the later one, as a reader who paces them sees it
 * @param gapP95Ms time between two verdicts, which is what {@code vllm bench serve} calls ITL
 * @param tpotP95Ms 95th percentile, over the sessions, of a session's mean time per output token
 * @param ttftP50Ms from the request to its first verdict
 * @param acceptedLength tokens per session and step
 * @param sessionsPerStep sessions that shared a step
 * @param stepMs as the server states it
 * @param inSteps part of the time that the server spent in steps; the rest is its own overhead, or
 *     it had nothing to do
 * @param replayMs the same steps without a server around them
 * @param allowed tokens per second if steps followed each other without a pause and took {@code
 *     replayMs}
 * @param ratio measured over allowed
 * @param generations complete and compared with the recorded text
 * @param mismatches tokens that differ from it; anything but 0 is a defect
 */
record Figures(
    int sessions,
    boolean drafts,
    double tokensPerSecond,
    double itlP50Ms,
    double itlP95Ms,
    double itlP99Ms,
    double gapP95Ms,
    double tpotP95Ms,
    double ttftP50Ms,
    double acceptedLength,
    double stepsPerSecond,
    double sessionsPerStep,
    double rowsPerStep,
    double stepMs,
    double inSteps,
    double replayMs,
    double allowed,
    double ratio,
    int generations,
    int mismatches) {

  /**
   * A part of a measurement, and its steps replayed right after it.
   *
   * @param replayMs of the mean step
   */
  record Slice(LoadRun.Seen seen, List<List<Arrival>> steps, double replayMs) {
    /** Replays now. */
    static Slice of(LoadRun.Seen seen, StepReplay replay) {
      List<List<Arrival>> steps = Composition.steps(seen.arrivals());
      double replayMs = steps.isEmpty() ? 0 : replay.meanMs(steps, seen.nanos() * 1e-9);
      return new Slice(seen, steps, replayMs);
    }
  }

  /** Sums up all slices of one measurement. */
  static Figures of(int sessions, boolean drafts, List<Slice> slices) {
    Samples itl = new Samples();
    Samples gaps = new Samples();
    Samples ttft = new Samples();
    Samples tpot = new Samples();
    long tokens = 0;
    long accepted = 0;
    long rows = 0;
    int verdicts = 0;
    double nanos = 0;
    double count = 0;
    double stepNanos = 0;
    double replayMs = 0;
    int generations = 0;
    int mismatches = 0;
    for (Slice slice : slices) {
      for (Arrival arrival : slice.seen().arrivals()) {
        tokens += arrival.tokens();
        accepted += arrival.accepted();
        rows += arrival.rows();
        verdicts++;
        double ms = arrival.gapNanos() * 1e-6;
        if (arrival.first()) {
          ttft.add(ms);
          continue;
        }
        gaps.add(ms);
        for (int i = 0; i < arrival.tokens(); i++) {
          itl.add(ms / arrival.tokens());
        }
      }
      slice.seen().tpotMs().forEach(tpot::add);
      nanos += slice.seen().nanos();
      count += slice.steps().size();
      stepNanos += slice.steps().stream().mapToDouble(s -> s.get(0).stepNanos()).sum();
      replayMs += slice.replayMs() * slice.steps().size();
      generations += slice.seen().generations();
      mismatches += slice.seen().mismatches();
    }
    double seconds = nanos * 1e-9;
    double allowed = tokens / replayMs * 1e3;
    return new Figures(
        sessions,
        drafts,
        tokens / seconds,
        percentile(itl, 50),
        percentile(itl, 95),
        percentile(itl, 99),
        percentile(gaps, 95),
        percentile(tpot, 95),
        percentile(ttft, 50),
        1 + (double) accepted / verdicts,
        count / seconds,
        verdicts / count,
        rows / count,
        stepNanos / count * 1e-6,
        stepNanos / nanos,
        replayMs / count,
        allowed,
        tokens / seconds / allowed,
        generations,
        mismatches);
  }

  private static double percentile(Samples samples, double percent) {
    return samples.count() == 0 ? Double.NaN : samples.percentile(percent);
  }
}
