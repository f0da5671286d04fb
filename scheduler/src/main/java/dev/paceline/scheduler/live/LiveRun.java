package dev.paceline.scheduler.live;

import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Channel;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.SimulatedChannel;
import dev.paceline.scheduler.mec.SionnaTrace;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a run under one rule.
 *
 * @param meanLatencyMs over the tasks answered
 * @param p95LatencyMs likewise
 * @param answered number of tasks answered
 * @param millijoulesPerTask uplink energy
 * @param movesPerTask moves of sessions to other servers
 */
public record LiveRun(
    double meanLatencyMs,
    double p95LatencyMs,
    int answered,
    double millijoulesPerTask,
    double movesPerTask) {

  /** Runs a system on a simulated channel. */
  public static LiveRun of(LiveConfig config, LiveRule rule, long seed, int slots) {
    Channel channel =
        new SimulatedChannel(
            config.scenario().radio(),
            config.scenario().devices(),
            config.scenario().servers(),
            config.scenario().objective().slotMs() / 1000,
            new SplittableRandom(~seed));
    return of(config, channel, rule, seed, slots);
  }

  /**
   * Runs a system once for each seed.
   *
   * @param trace gains to use, from another of its slots on for each seed; simulated ones if null
   */
  public static LiveRun[] each(
      LiveConfig config,
      @Nullable SionnaTrace trace,
      LiveRule rule,
      long firstSeed,
      int seeds,
      int slots) {
    LiveRun[] runs = new LiveRun[seeds];
    double slotMs = config.scenario().objective().slotMs();
    for (int k = 0; k < seeds; k++) {
      long seed = firstSeed + k;
      if (trace == null) {
        runs[k] = of(config, rule, seed, slots);
      } else {
        int first = (int) Math.floorMod(7 * seed, trace.slots());
        int subSlots = (int) Math.max(1, Math.round(trace.slotSeconds() * 1000 / slotMs));
        runs[k] = of(config, trace.channel(first, subSlots), rule, seed, slots);
      }
    }
    return runs;
  }

  /** Runs a system on a given channel. */
  public static LiveRun of(
      LiveConfig config, Channel channel, LiveRule rule, long seed, int slots) {
    LiveSystem system = new LiveSystem(config, channel, seed);
    for (int t = 0; t < slots; t++) {
      View view = system.observe();
      Allocation shares = decide(view, rule);
      system.step(view, shares.uplinkShare(), shares.computeShare());
    }
    double[] latencies = system.latenciesMs();
    Arrays.sort(latencies);
    double mean = Arrays.stream(latencies).average().orElse(Double.NaN);
    double p95 =
        latencies.length == 0
            ? Double.NaN
            : latencies[Math.min(latencies.length - 1, (int) (0.95 * latencies.length))];
    int tasks = Math.max(1, latencies.length);
    return new LiveRun(
        mean,
        p95,
        latencies.length,
        system.energyMillijoules() / tasks,
        system.moves() / (double) tasks);
  }

  /**
   * A slot's shares by a rule, checked; users who cannot use a resource show a share of it of 0.
   */
  public static Allocation decide(View view, LiveRule rule) {
    int count = view.server().length;
    double[] uplink = new double[count];
    double[] compute = new double[count];
    Groups groups = Groups.of(view.server(), view.problem().serverCount());
    for (int j = 0; j < view.problem().serverCount(); j++) {
      int[] members = groups.members(j);
      if (members.length > 0) {
        rule.share(view, j, members, uplink, compute);
      }
    }
    Allocation allocation = new Allocation(view.server(), uplink, compute);
    Feasibility.checkPartial(view.problem(), allocation);
    return allocation;
  }
}
