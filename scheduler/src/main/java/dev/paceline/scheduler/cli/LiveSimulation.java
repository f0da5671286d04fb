package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.live.LiveRule;
import dev.paceline.scheduler.live.LiveRules;
import dev.paceline.scheduler.live.LiveRun;
import dev.paceline.scheduler.masac.LearnedShares;
import dev.paceline.scheduler.masac.Variant;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SionnaTrace;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system over time, every share rule on the same seeds, paired with the convex rule; or, with a
 * migration cost, every rule with sessions that may move, paired with itself where they stay.
 */
final class LiveSimulation {
  private static final double SLOT_MS = 50;

  private final ScenarioOptions options;
  private final @Nullable SionnaTrace trace;
  private final @Nullable Path policyFile;
  private final double thinkMs;
  private final double migrationMs;
  private final int slots;
  private final long seed;
  private final int seeds;

  LiveSimulation(
      ScenarioOptions options,
      @Nullable SionnaTrace trace,
      @Nullable Path policyFile,
      double thinkMs,
      double migrationMs,
      int slots,
      long seed,
      int seeds) {
    this.options = options;
    this.trace = trace;
    this.policyFile = policyFile;
    this.thinkMs = thinkMs;
    this.migrationMs = migrationMs;
    this.slots = slots;
    this.seed = seed;
    this.seeds = seeds;
  }

  void print(List<String> names, PrintStream out) {
    List<LiveRule> rules = new ArrayList<>();
    for (String name : names.isEmpty() ? defaults() : names) {
      rules.add(rule(name));
    }
    Scenario scenario =
        trace == null
            ? options.scenario(options.devices, options.servers, SLOT_MS)
            : options.scenario(trace.devices(), trace.servers(), SLOT_MS);
    LiveConfig config = new LiveConfig(scenario, thinkMs, 1);
    boolean moving = Double.isFinite(migrationMs);
    LiveRun[] convex = moving ? null : run(config, LiveRules.CONVEX);
    out.printf(
        "%d devices, %d servers, %d slots of %.0f ms, seeds %d to %d%s%n",
        scenario.devices(),
        scenario.servers(),
        slots,
        SLOT_MS,
        seed,
        seed + seeds - 1,
        moving ? String.format(", moving costs %.0f ms", migrationMs) : "");
    out.printf(
        "%-16s %10s %10s %9s %10s %10s %30s%n",
        "shares",
        "latency ms",
        "p95 ms",
        "answered",
        "uplink mJ",
        "moves/task",
        (moving ? "below staying" : "below convex") + ", 95 % interval");
    for (LiveRule rule : rules) {
      LiveRun[] yardstick = convex == null ? run(config, rule) : convex;
      boolean same = convex != null && rule == LiveRules.CONVEX;
      LiveRun[] mine = same ? yardstick : run(config.withMigrationMs(migrationMs), rule);
      row(rule, mine, yardstick, out);
    }
  }

  private void row(LiveRule rule, LiveRun[] runs, LiveRun[] yardstick, PrintStream out) {
    double[] mine = latencies(runs);
    Statistics below = Statistics.reduction(mine, latencies(yardstick));
    out.printf(
        "%-16s %10.2f %10.2f %9.0f %10.3f %10.3f %30s%n",
        rule.word(),
        Statistics.of(mine).mean(),
        Arrays.stream(runs).mapToDouble(LiveRun::p95LatencyMs).average().orElse(0),
        Arrays.stream(runs).mapToDouble(LiveRun::answered).average().orElse(0),
        Arrays.stream(runs).mapToDouble(LiveRun::millijoulesPerTask).average().orElse(0),
        Arrays.stream(runs).mapToDouble(LiveRun::movesPerTask).average().orElse(0),
        String.format(
            "%.2f %% [%.2f, %.2f]", 100 * below.mean(), 100 * below.low(), 100 * below.high()));
  }

  private static double[] latencies(LiveRun[] runs) {
    return Arrays.stream(runs).mapToDouble(LiveRun::meanLatencyMs).toArray();
  }

  private LiveRun[] run(LiveConfig config, LiveRule rule) {
    return LiveRun.each(config, trace, rule, seed, seeds, slots);
  }

  private List<String> defaults() {
    return policyFile == null
        ? List.of("uniform", "convex", "shortest-first", "shortest-soft", "residual-masac")
        : List.of("uniform", "convex", "shortest-first", "shortest-soft", "learned");
  }

  private LiveRule rule(String name) {
    for (LiveRules rule : LiveRules.values()) {
      if (rule.word().equals(name)) {
        return rule;
      }
    }
    return switch (name) {
      case "masac" -> LearnedShares.shipped(Variant.PAPER);
      case "residual-masac" -> LearnedShares.shipped(Variant.RESIDUAL);
      case "learned" -> LearnedShares.read(file());
      default ->
          throw new UserError(
              "unknown shares '"
                  + name
                  + "'; with --live there are uniform, convex, shortest-first, shortest-soft,"
                  + " masac, residual-masac and learned");
    };
  }

  private Path file() {
    if (policyFile == null) {
      throw new UserError("'learned' shares need --policy-file");
    }
    return policyFile;
  }
}
