package dev.paceline.benchmarks.cli;

import dev.paceline.scheduler.decisions.DecisionsBenchmark;
import java.lang.management.ManagementFactory;
import picocli.CommandLine.Command;

/** {@code paceline bench decisions}: how long the scheduler needs for one decision, by size. */
@Command(
    name = "decisions",
    mixinStandardHelpOptions = true,
    description = "Times one scheduling decision (association and shares) by number of devices.")
final class DecisionsCommand implements Runnable {
  @Override
  public void run() {
    DecisionsBenchmark.print(
        System.out, ManagementFactory.getThreadMXBean()::getCurrentThreadCpuTime);
  }
}
