package dev.paceline.scheduler.cli;

import dev.paceline.scheduler.association.DualBound;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.decisions.Policy;
import dev.paceline.scheduler.decisions.Statistics;
import dev.paceline.scheduler.masac.LearnedShares;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.NoiseModel;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SionnaTrace;
import dev.paceline.scheduler.mec.SlotProblem;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One slot per seed. */
final class SlotSimulation {
  private static final List<String> DEFAULT =
      List.of(
          "random+uniform",
          "max-sinr+uniform",
          "max-compute-top+uniform",
          "max-compute-load+uniform",
          "tma+uniform",
          "tma+convex",
          "tma-plus+convex");
  private static final int BOUND_STEPS = 300;

  private final ScenarioOptions options;
  private final @Nullable SionnaTrace trace;
  private final @Nullable Path policyFile;
  private final long seed;
  private final int seeds;

  SlotSimulation(
      ScenarioOptions options,
      @Nullable SionnaTrace trace,
      @Nullable Path policyFile,
      long seed,
      int seeds) {
    this.options = options;
    this.trace = trace;
    this.policyFile = policyFile;
    this.seed = seed;
    this.seeds = seeds;
  }

  void print(List<String> names, PrintStream out) {
    List<Policy> policies = (names.isEmpty() ? DEFAULT : names).stream().map(this::policy).toList();
    Scenario scenario =
        trace == null
            ? options.scenario(options.devices, options.servers, 100)
            : options.scenario(trace.devices(), trace.servers(), 100);
    SlotProblem[] problems = new SlotProblem[seeds];
    double[] bound = new double[seeds];
    for (int k = 0; k < seeds; k++) {
      problems[k] = draw(scenario, seed + k);
      if (scenario.objective().noise() == NoiseModel.FIXED_BAND) {
        int[] good = new TmaPlus().associate(problems[k], new SplittableRandom(seed + k));
        bound[k] = DualBound.of(problems[k], good, BOUND_STEPS) / scenario.devices();
      }
    }
    out.printf(
        "%d devices, %d servers, seeds %d to %d%n",
        scenario.devices(), scenario.servers(), seed, seed + seeds - 1);
    out.printf(
        "%-32s %10s %21s %9s %9s %10s %10s %6s%n",
        "policy",
        "latency ms",
        "95 % interval",
        "p50 ms",
        "p95 ms",
        "uplink mJ",
        "objective",
        "Jain");
    for (Policy policy : policies) {
      row(policy, problems, out);
    }
    if (scenario.objective().noise() == NoiseModel.FIXED_BAND) {
      out.printf("%-32s %73.2f%n", "lower bound of the objective", Statistics.of(bound).mean());
    }
  }

  private void row(Policy policy, SlotProblem[] problems, PrintStream out) {
    double[] latency = new double[seeds];
    double p50 = 0;
    double p95 = 0;
    double energy = 0;
    double objective = 0;
    double jain = 0;
    for (int k = 0; k < seeds; k++) {
      Evaluation e =
          Evaluation.of(problems[k], policy.decide(problems[k], new SplittableRandom(seed + k)));
      latency[k] = e.meanPipelineMs();
      p50 += e.pipelineQuantileMs(0.5) / seeds;
      p95 += e.pipelineQuantileMs(0.95) / seeds;
      energy += e.meanUplinkMillijoules() / seeds;
      objective += e.objective() / problems[k].userCount() / seeds;
      jain += e.jainIndex() / seeds;
    }
    Statistics mean = Statistics.of(latency);
    out.printf(
        "%-32s %10.2f %21s %9.2f %9.2f %10.3f %10.2f %6.3f%n",
        policy.word(),
        mean.mean(),
        String.format("[%.2f, %.2f]", mean.low(), mean.high()),
        p50,
        p95,
        energy,
        objective,
        jain);
  }

  private SlotProblem draw(Scenario scenario, long at) {
    if (trace == null) {
      return SlotProblem.draw(scenario, at);
    }
    int slot = (int) Math.floorMod(at, trace.slots());
    return SlotProblem.draw(scenario, trace.channel(slot, 1), new SplittableRandom(at));
  }

  private Policy policy(String name) {
    if (policyFile != null && name.endsWith("+learned")) {
      String association = name.substring(0, name.indexOf('+'));
      return new Policy(Policy.association(association, "convex"), LearnedShares.read(policyFile));
    }
    return Policy.of(name);
  }
}
