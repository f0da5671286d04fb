package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.mec.EnergyModel;
import dev.paceline.scheduler.mec.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Fig. 6: mean latency and uplink energy against w, for users of high (B ≥ 0.8) and low (B ≤ 0.2)
 * battery, 100 devices and 10 servers, half of the users each.
 */
final class FigureSix {
  static final double[] WEIGHTS = {0, 20, 40, 60, 80, 100};
  private static final int DEVICES = 100;
  private static final int SERVERS = 10;
  private static final double HIGH_BATTERY = 0.5;

  private final Grid grid;
  private final EnergyModel energy;
  private final List<String> rows = new ArrayList<>();

  /** Statistics by "policy group quantity", one element per weight. */
  private final Map<String, List<Statistics>> series = new LinkedHashMap<>();

  FigureSix(Grid grid, EnergyModel energy) {
    this.grid = grid;
    this.energy = energy;
  }

  /** Runs the weights and writes a CSV file and two plots. */
  void run(Path folder, Consumer<String> progress) throws IOException {
    for (double weight : WEIGHTS) {
      progress.accept("figure 6, " + word() + " energy: w = " + (int) weight);
      Scenario scenario = Scenario.paper(DEVICES, SERVERS);
      scenario = scenario.with(scenario.objective().withEnergyWeight(weight).withEnergy(energy));
      for (Map.Entry<String, Grid.Outcome[]> entry : grid.run(scenario).entrySet()) {
        for (boolean high : new boolean[] {true, false}) {
          add(weight, entry.getKey(), high, entry.getValue());
        }
      }
    }
    String name = "fig6-" + word();
    Csv.write(
        folder.resolve(name + ".csv"),
        "w,battery,policy,seeds,pipeline_ms,pipeline_ms_low,pipeline_ms_high,uplink_mj,"
            + "uplink_mj_low,uplink_mj_high",
        rows);
    plot(folder.resolve(name + "-latency.png"), "latency", "latency in ms");
    plot(folder.resolve(name + "-energy.png"), "energy", "uplink energy in mJ");
  }

  String word() {
    return energy.name().toLowerCase(Locale.ROOT);
  }

  /** The statistics of a policy's users, one element per weight. */
  List<Statistics> of(String policy, boolean high, String quantity) {
    return series.getOrDefault(key(policy, high, quantity), List.of());
  }

  private void add(double weight, String policy, boolean high, Grid.Outcome[] outcomes) {
    double[] latency = new double[outcomes.length];
    double[] spent = new double[outcomes.length];
    for (int seed = 0; seed < outcomes.length; seed++) {
      double[] battery = outcomes[seed].problem().users().battery();
      int count = 0;
      for (int i = 0; i < battery.length; i++) {
        if (battery[i] > HIGH_BATTERY == high) {
          latency[seed] += outcomes[seed].evaluation().pipelineMs()[i];
          spent[seed] += outcomes[seed].evaluation().uplinkMillijoules()[i];
          count++;
        }
      }
      latency[seed] /= count;
      spent[seed] /= count;
    }
    Statistics ms = Statistics.of(latency);
    Statistics mj = Statistics.of(spent);
    series.computeIfAbsent(key(policy, high, "latency"), k -> new ArrayList<>()).add(ms);
    series.computeIfAbsent(key(policy, high, "energy"), k -> new ArrayList<>()).add(mj);
    rows.add(
        String.format(
            Locale.ROOT,
            "%.0f,%s,%s,%d,%.3f,%.3f,%.3f,%.4f,%.4f,%.4f",
            weight,
            high ? "high" : "low",
            policy,
            outcomes.length,
            ms.mean(),
            ms.low(),
            ms.high(),
            mj.mean(),
            mj.low(),
            mj.high()));
  }

  private void plot(Path file, String quantity, String axis) throws IOException {
    Plot plot = new Plot("Fig. 6, " + word() + " energy", "w", axis);
    for (String policy : Plot.FIGURE_SIX) {
      for (boolean high : new boolean[] {true, false}) {
        plot.line(
            policy + (high ? ", high battery" : ", low battery"),
            WEIGHTS,
            of(policy, high, quantity));
      }
    }
    plot.save(file);
  }

  private static String key(String policy, boolean high, String quantity) {
    return policy + (high ? " high " : " low ") + quantity;
  }
}
