package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.live.LiveRule;
import dev.paceline.scheduler.live.LiveRules;
import dev.paceline.scheduler.live.LiveRun;
import dev.paceline.scheduler.masac.LearnedShares;
import dev.paceline.scheduler.masac.Variant;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.ObjectiveConfig;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SionnaTrace;
import dev.paceline.scheduler.mec.SlotProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the shipped residual policy adds to the convex allocator on seeds, sizes and channels that
 * it was not trained on: in single slots and over time.
 */
final class LearnedTable {
  private static final long FIRST_SEED = 7_000_000;
  static final int LIVE_SLOTS = 400;
  private static final double SLOT_MS = 50;
  private static final int STATIC_SLOTS = 40;
  private static final LiveRule[] RULES = {
    LiveRules.UNIFORM, LiveRules.SHORTEST_FIRST, LiveRules.SHORTEST_SOFT
  };

  private final int seeds;
  private final int liveSlots;
  private final List<SionnaTrace> traces;
  private final LearnedShares policy = LearnedShares.shipped(Variant.RESIDUAL);
  private final List<String> rows = new ArrayList<>();
  private final StringBuilder live = new StringBuilder();
  private int passed;
  private int clear;
  private int systems;

  /** A system over time, on a trace or on the simulated channel. */
  private record Live(
      int devices, int servers, double thinkMs, int weight, @Nullable SionnaTrace trace) {
    String words() {
      return (trace == null ? "" : "Sionna trace, ")
          + devices
          + " devices, "
          + servers
          + " servers, pause "
          + Math.round(thinkMs)
          + " ms"
          + (weight == 0 ? "" : ", w = " + weight);
    }
  }

  LearnedTable(int seeds, int liveSlots, List<SionnaTrace> traces) {
    this.seeds = seeds;
    this.liveSlots = liveSlots;
    this.traces = traces;
  }

  void run(Path folder, Consumer<String> progress) throws IOException {
    progress.accept("single slots");
    String still = still();
    List<Live> all = new ArrayList<>();
    all.add(new Live(100, 10, 150, 0, null));
    all.add(new Live(180, 20, 150, 0, null));
    all.add(new Live(100, 10, 150, 60, null));
    all.add(new Live(40, 4, 100, 0, null));
    all.add(new Live(60, 10, 400, 0, null));
    for (SionnaTrace trace : traces) {
      all.add(new Live(trace.devices(), trace.servers(), 150, 0, trace));
    }
    for (Live system : all) {
      progress.accept(system.words());
      measure(system);
    }
    Csv.write(
        folder.resolve("learned.csv"),
        "system,rule,seed,mean_latency_ms,p95_latency_ms,convex_mean_latency_ms",
        rows);
    Files.writeString(folder.resolve("LEARNED.md"), text(still));
  }

  /** The worst and the mean ratio of objectives in single slots. */
  private String still() {
    double worst = 0;
    double sum = 0;
    int count = 0;
    for (int k = 0; k < STATIC_SLOTS; k++) {
      SplittableRandom random = new SplittableRandom(FIRST_SEED + k);
      int servers = random.nextInt(4, 21);
      int devices = random.nextInt(20, 12 * servers);
      Scenario scenario = Scenario.paper(devices, servers);
      scenario = scenario.with(scenario.objective().withEnergyWeight(20 * random.nextInt(6)));
      double ratio = ratio(SlotProblem.draw(scenario, FIRST_SEED + k));
      worst = Math.max(worst, ratio);
      sum += ratio;
      count++;
    }
    for (SionnaTrace trace : traces) {
      Scenario scenario = Scenario.paper(trace.devices(), trace.servers());
      for (int slot = 0; slot < trace.slots(); slot += Math.max(1, trace.slots() / 10)) {
        double ratio =
            ratio(SlotProblem.draw(scenario, trace.channel(slot, 1), new SplittableRandom(slot)));
        worst = Math.max(worst, ratio);
        sum += ratio;
        count++;
      }
    }
    return String.format(
        Locale.ROOT,
        "%d slots, %d of them on traces: objective over the convex allocator's %.6f on average,"
            + " %.6f at worst.",
        count,
        count - STATIC_SLOTS,
        sum / count,
        worst);
  }

  private double ratio(SlotProblem problem) {
    int[] server = new TmaPlus().associate(problem, new SplittableRandom(1));
    double learned =
        Evaluation.of(problem, Feasibility.check(problem, Groups.allocate(problem, server, policy)))
            .objective();
    return learned
        / Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
  }

  private void measure(Live system) {
    LiveRun[] convex = runs(system, LiveRules.CONVEX);
    live.append("| ").append(system.words()).append(" |");
    Statistics below = null;
    LiveRun[] mine = convex;
    for (LiveRule rule : rules()) {
      mine = runs(system, rule);
      double[] ours = new double[seeds];
      double[] theirs = new double[seeds];
      for (int k = 0; k < seeds; k++) {
        ours[k] = mine[k].meanLatencyMs();
        theirs[k] = convex[k].meanLatencyMs();
        rows.add(
            String.format(
                Locale.ROOT,
                "\"%s\",%s,%d,%.3f,%.3f,%.3f",
                system.words(),
                rule.word(),
                FIRST_SEED + k,
                ours[k],
                mine[k].p95LatencyMs(),
                theirs[k]));
      }
      below = Statistics.reduction(ours, theirs);
      live.append(
          String.format(
              Locale.ROOT,
              " %.1f [%.1f, %.1f] |",
              100 * below.mean(),
              100 * below.low(),
              100 * below.high()));
    }
    live.append(String.format(Locale.ROOT, " %.0f / %.0f |%n", p95(convex), p95(mine)));
    systems++;
    passed += below != null && below.mean() >= 0.05 ? 1 : 0;
    clear += below != null && below.low() > 0 ? 1 : 0;
  }

  /** The hand rules, then the learned one. */
  private List<LiveRule> rules() {
    List<LiveRule> all = new ArrayList<>(List.of(RULES));
    all.add(policy);
    return all;
  }

  private static double p95(LiveRun[] runs) {
    double sum = 0;
    for (LiveRun run : runs) {
      sum += run.p95LatencyMs() / runs.length;
    }
    return sum;
  }

  private LiveRun[] runs(Live system, LiveRule rule) {
    ObjectiveConfig paper = ObjectiveConfig.paper();
    ObjectiveConfig objective =
        new ObjectiveConfig(
            paper.syncWeightPerMs(),
            system.weight(),
            paper.noise(),
            paper.energy(),
            paper.penalty(),
            SLOT_MS);
    Scenario scenario = Scenario.paper(system.devices(), system.servers()).with(objective);
    return LiveRun.each(
        new LiveConfig(scenario, system.thinkMs(), 1),
        system.trace(),
        rule,
        FIRST_SEED,
        seeds,
        liveSlots);
  }

  private String text(String still) {
    return String.format(
        Locale.ROOT,
        """
        # What the learned policy adds

        Made by `paceline figures learned --seeds %d` with a `--trace` for every trace but the built-in one. The
        shipped residual policy on seeds, sizes and channels that it was not trained on.

        ## Single slots

        %s
        The policy falls back to the convex shares server by server, so it cannot be worse.

        ## Over time

        Mean latency below the convex rule's in %%, %d seeds from %d, %d slots of %.0f ms, paired 95 %% bootstrap
        intervals; last column: 95th percentile of the latency in ms, convex / policy.

        | system | uniform | shortest first | shortest soft | residual policy | p95 |
        |---|---|---|---|---|---|
        %s
        At least 5 %% in %d of %d systems; the interval excludes zero in %d.
        """,
        seeds,
        still,
        seeds,
        FIRST_SEED,
        liveSlots,
        SLOT_MS,
        live,
        passed,
        systems,
        clear);
  }
}
