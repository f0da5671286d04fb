package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

/**
 * Fig. 5: mean latency against the number of devices (30–180 at 10 servers) and of servers (4–20 at
 * 100 devices). The paper does not state the number held fixed.
 */
final class FigureFive {
  static final int[] DEVICES = {30, 60, 90, 120, 150, 180};
  static final int[] SERVERS = {4, 8, 12, 16, 20};
  static final int FIXED_SERVERS = 10;
  static final int FIXED_DEVICES = 100;

  private final Grid grid;
  private final ComputeProfile profile;

  /** Pipeline latency in ms, by policy, then by setting, then by seed. */
  private final Map<String, List<double[]>> latencies = new LinkedHashMap<>();

  private final List<String> rows = new ArrayList<>();

  FigureFive(Grid grid, ComputeProfile profile) {
    this.grid = grid;
    this.profile = profile;
  }

  /** Runs the grid and writes two CSV files and two plots. */
  void run(Path folder, Consumer<String> progress) throws IOException {
    for (int devices : DEVICES) {
      setting(devices, FIXED_SERVERS, progress);
    }
    for (int servers : SERVERS) {
      setting(FIXED_DEVICES, servers, progress);
    }
    String name = "fig5-" + word();
    Csv.write(
        folder.resolve(name + ".csv"),
        "devices,servers,policy,seeds,pipeline_ms,pipeline_ms_low,pipeline_ms_high,p50_ms,p95_ms,"
            + "objective_latency_ms,sequential_ms,objective_per_user,jain",
        rows);
    plot(folder.resolve(name + "-devices.png"), "devices (10 servers)", DEVICES, 0);
    plot(folder.resolve(name + "-servers.png"), "servers (100 devices)", SERVERS, DEVICES.length);
  }

  String word() {
    return profile == ComputeProfile.PAPER_PEAK ? "peak" : "calibrated";
  }

  private void setting(int devices, int servers, Consumer<String> progress) {
    progress.accept("figure 5, " + word() + ": " + devices + " devices, " + servers + " servers");
    Scenario scenario = Scenario.paper(devices, servers);
    scenario = scenario.with(scenario.workload().withCompute(profile));
    for (Map.Entry<String, Grid.Outcome[]> entry : grid.run(scenario).entrySet()) {
      Grid.Outcome[] outcomes = entry.getValue();
      double[] pipeline = each(outcomes, Evaluation::meanPipelineMs);
      latencies.computeIfAbsent(entry.getKey(), key -> new ArrayList<>()).add(pipeline);
      Statistics latency = Statistics.of(pipeline);
      rows.add(
          String.format(
              Locale.ROOT,
              "%d,%d,%s,%d,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.4f",
              devices,
              servers,
              entry.getKey(),
              outcomes.length,
              latency.mean(),
              latency.low(),
              latency.high(),
              mean(outcomes, e -> e.pipelineQuantileMs(0.5)),
              mean(outcomes, e -> e.pipelineQuantileMs(0.95)),
              mean(outcomes, e -> Arrays.stream(e.objectiveMs()).average().orElse(0)),
              mean(outcomes, e -> Arrays.stream(e.sequentialMs()).average().orElse(0)),
              mean(outcomes, e -> e.objective() / devices),
              mean(outcomes, Evaluation::jainIndex)));
    }
  }

  /** Per setting, the mean over seeds of 1 − ours / theirs. */
  double[] reductions(String ours, String theirs) {
    List<double[]> mine = latencies.getOrDefault(ours, List.of());
    List<double[]> other = latencies.getOrDefault(theirs, List.of());
    double[] reductions = new double[mine.size()];
    for (int k = 0; k < reductions.length; k++) {
      reductions[k] = Statistics.reduction(mine.get(k), other.get(k)).mean();
    }
    return reductions;
  }

  /** Over the grid, for each seed the mean over the settings of 1 − ours / theirs. */
  Statistics overall(String ours, String theirs) {
    List<double[]> mine = latencies.getOrDefault(ours, List.of());
    List<double[]> other = latencies.getOrDefault(theirs, List.of());
    double[] perSeed = new double[grid.seeds()];
    for (int k = 0; k < mine.size(); k++) {
      for (int seed = 0; seed < perSeed.length; seed++) {
        perSeed[seed] += (1 - mine.get(k)[seed] / other.get(k)[seed]) / mine.size();
      }
    }
    return Statistics.of(perSeed);
  }

  private void plot(Path file, String axis, int[] values, int offset) throws IOException {
    Plot plot = new Plot("Mean latency, " + word() + " rates", axis, "latency in ms");
    for (String policy : Plot.FIGURE_FIVE) {
      List<double[]> settings = latencies.getOrDefault(policy, List.of());
      List<Statistics> points = new ArrayList<>();
      for (int k = 0; k < values.length; k++) {
        points.add(Statistics.of(settings.get(offset + k)));
      }
      plot.line(policy, Arrays.stream(values).asDoubleStream().toArray(), points);
    }
    plot.save(file);
  }

  private static double[] each(Grid.Outcome[] outcomes, ToDoubleFunction<Evaluation> value) {
    return Arrays.stream(outcomes).mapToDouble(o -> value.applyAsDouble(o.evaluation())).toArray();
  }

  private static double mean(Grid.Outcome[] outcomes, ToDoubleFunction<Evaluation> value) {
    return Arrays.stream(each(outcomes, value)).average().orElse(Double.NaN);
  }
}
