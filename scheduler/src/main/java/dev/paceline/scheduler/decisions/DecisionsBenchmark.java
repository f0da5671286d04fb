package dev.paceline.scheduler.decisions;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.association.TmaPlus;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.RadioConfig;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * How long a whole decision takes: association by TMA+, convex shares and the feasibility check,
 * single-threaded, the problem already in memory.
 */
public final class DecisionsBenchmark {
  private static final int[][] SIZES = {
    {30, 4},
    {30, 20},
    {100, 10},
    {100, 20},
    {180, 20},
    {1000, 100},
    {2000, 200},
    {5000, 500},
    {10_000, 1000}
  };
  private static final double WARM_UP_MS = 3000;
  private static final int RUNS = 7;

  private DecisionsBenchmark() {}

  /**
   * One row of the table.
   *
   * @param medianMs median decision time over the runs
   * @param objectivePerUserMs mean of the objective, to show that speed is not bought with quality
   */
  public record Row(int devices, int servers, double medianMs, double objectivePerUserMs) {
    /** Microseconds for each device. */
    public double microsecondsPerDevice() {
      return 1000 * medianMs / devices;
    }
  }

  /** Measures every size and prints a table. */
  public static void print(PrintStream out, LongSupplier nanos) {
    out.printf(
        "%8s %8s %12s %14s %16s%n", "devices", "servers", "median ms", "us/device", "objective ms");
    for (int[] size : SIZES) {
      Row row = measure(size[0], size[1], nanos);
      out.printf(
          "%8d %8d %12.2f %14.2f %16.2f%n",
          row.devices(),
          row.servers(),
          row.medianMs(),
          row.microsecondsPerDevice(),
          row.objectivePerUserMs());
    }
  }

  /** Measures one size; density and bandwidth per server are those of 10 servers in Table I. */
  public static Row measure(int devices, int servers, LongSupplier nanos) {
    Scenario scenario = Scenario.paper(devices, servers);
    if (servers > 20) {
      scenario = scenario.with(RadioConfig.paper().scaledTo(servers));
    }
    SlotProblem problem = SlotProblem.draw(scenario, 7);
    long start = nanos.getAsLong();
    Allocation allocation = decide(problem);
    while ((nanos.getAsLong() - start) / 1e6 < WARM_UP_MS) {
      allocation = decide(problem);
    }
    double[] times = new double[RUNS];
    for (int k = 0; k < RUNS; k++) {
      long before = nanos.getAsLong();
      allocation = decide(problem);
      times[k] = (nanos.getAsLong() - before) / 1e6;
    }
    Arrays.sort(times);
    double objective = Evaluation.of(problem, allocation).objective() / devices;
    return new Row(devices, servers, times[RUNS / 2], objective);
  }

  private static Allocation decide(SlotProblem problem) {
    int[] server = new TmaPlus().associate(problem, new SplittableRandom(1));
    return Feasibility.check(problem, Groups.allocate(problem, server, new ConvexShares()));
  }

  /** Prints the table in processor time of this thread: other programs do not count. */
  public static void main(String[] arguments) {
    print(System.out, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
  }
}
