package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.ConfigurationBound;
import dev.paceline.scheduler.association.DualBound;
import dev.paceline.scheduler.association.IteratedSearch;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How far the associations found may be from the best: the gap between TMA+ and a lower bound over
 * the paper's grid of devices, servers and energy weights.
 */
final class GapTable {
  /** The paper's ranges of devices and servers. */
  static final Sizes PAPER =
      new Sizes(List.of(30, 60, 100, 140, 180), List.of(4, 8, 12, 16, 20), List.of(0, 20, 60, 100));

  private static final long FIRST_SEED = 4000;
  private static final int BOUND_STEPS = 150;
  private static final int DUAL_STEPS = 300;

  /** The cheaper bound is enough where it leaves less than this open. */
  private static final double CLOSE = 0.005;

  private static final int SEARCH_ROUNDS = 150;

  private final Sizes sizes;
  private final int seeds;
  private final List<String> rows = new ArrayList<>();
  private final List<Cell> cells = new ArrayList<>();

  /**
   * The worst of a setting's seeds.
   *
   * @param tmaPlus objective of TMA+ over the bound, minus 1
   * @param iterated the same of a long search
   */
  private record Cell(int devices, int servers, int weight, double tmaPlus, double iterated) {}

  /**
   * What to measure.
   *
   * @param weights of energy, w
   */
  record Sizes(List<Integer> devices, List<Integer> servers, List<Integer> weights) {}

  GapTable(Sizes sizes, int seeds) {
    this.sizes = sizes;
    this.seeds = seeds;
  }

  void run(Path folder, Consumer<String> progress) throws IOException {
    for (int devices : sizes.devices()) {
      for (int servers : sizes.servers()) {
        progress.accept("gap, " + devices + " devices, " + servers + " servers");
        for (int weight : sizes.weights()) {
          measure(devices, servers, weight);
        }
      }
    }
    Csv.write(
        folder.resolve("gap.csv"),
        "devices,servers,w,seed,tma_plus_ms,iterated_ms,bound_ms,tma_plus_gap,iterated_gap",
        rows);
    Files.writeString(folder.resolve("GAP.md"), text());
  }

  private void measure(int devices, int servers, int weight) {
    int capacity =
        IntStream.range(0, servers).map(j -> Scenario.serverType(j).sessionCapacity()).sum();
    if (devices > capacity) {
      cells.add(new Cell(devices, servers, weight, Double.NaN, Double.NaN));
      return;
    }
    Scenario scenario = Scenario.paper(devices, servers);
    scenario = scenario.with(scenario.objective().withEnergyWeight(weight));
    double worst = 0;
    double worstIterated = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + seeds; seed++) {
      SlotProblem problem = SlotProblem.draw(scenario, seed);
      SplittableRandom random = new SplittableRandom(seed);
      int[] found = new TmaPlus().associate(problem, random);
      int[] better = new IteratedSearch(SEARCH_ROUNDS).improve(problem, found, random);
      double ours = objective(problem, found);
      double least = objective(problem, better);
      double bound = DualBound.of(problem, better, DUAL_STEPS);
      if (ours / bound - 1 > CLOSE) {
        bound = ConfigurationBound.of(problem, better, BOUND_STEPS);
      }
      worst = Math.max(ours / bound - 1, worst);
      worstIterated = Math.max(least / bound - 1, worstIterated);
      rows.add(
          String.format(
              Locale.ROOT,
              "%d,%d,%d,%d,%.3f,%.3f,%.3f,%.6f,%.6f",
              devices,
              servers,
              weight,
              seed,
              ours,
              least,
              bound,
              ours / bound - 1,
              least / bound - 1));
    }
    cells.add(new Cell(devices, servers, weight, worst, worstIterated));
  }

  private static double objective(SlotProblem problem, int[] server) {
    return Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    long measured = cells.stream().filter(c -> !Double.isNaN(c.tmaPlus())).count();
    long close = cells.stream().filter(c -> c.tmaPlus() <= 0.03).count();
    double worst = cells.stream().mapToDouble(Cell::tmaPlus).filter(g -> g >= 0).max().orElse(0);
    double worstIterated =
        cells.stream().mapToDouble(Cell::iterated).filter(g -> g >= 0).max().orElse(0);
    text.append(
        String.format(
            Locale.ROOT,
            """
            # How far TMA+ may be from the optimum

            Made by `paceline figures gap --seeds %d`. Objective of TMA+ with convex shares above a lower bound
            of the optimum, in %%, the worst of seeds %d to %d; w is the weight of energy.
            The bound is `DualBound`, or `ConfigurationBound` where that leaves more than 0.5 %% open. A dash: the servers' memory cannot hold so many sessions.

            Within 3 %% in %d of %d settings, worst %.2f %%. A search of %d rounds (`IteratedSearch`) comes within
            %.2f %% everywhere: what TMA+ has above that is the price of deciding in milliseconds.

            | devices | w |%s
            |---|---|%s
            """,
            seeds,
            FIRST_SEED,
            FIRST_SEED + seeds - 1,
            close,
            measured,
            100 * worst,
            SEARCH_ROUNDS,
            100 * worstIterated,
            columns(" %d servers |"),
            columns("---|")));
    for (int devices : sizes.devices()) {
      for (int weight : sizes.weights()) {
        text.append(String.format(Locale.ROOT, "| %d | %d |", devices, weight));
        for (Cell cell : cells) {
          if (cell.devices() == devices && cell.weight() == weight) {
            text.append(
                Double.isNaN(cell.tmaPlus())
                    ? " – |"
                    : String.format(Locale.ROOT, " %.2f |", 100 * cell.tmaPlus()));
          }
        }
        text.append('\n');
      }
    }
    return text.toString();
  }

  private String columns(String format) {
    StringBuilder all = new StringBuilder();
    for (int servers : sizes.servers()) {
      all.append(String.format(Locale.ROOT, format, servers));
    }
    return all.toString();
  }
}
