package dev.paceline.scheduler.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.scheduler.mec.ModelPair;
import dev.paceline.scheduler.mec.ObjectiveConfig;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SionnaTrace;
import dev.paceline.scheduler.mec.Task;
import dev.paceline.scheduler.mec.TaskKind;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LiveSystemTest {
  /** Two users of 10 and 30 ms at equal weights: done at 20 and, with the rate alone, at 40. */
  @Test
  void unusedSharesGoToTheOthers() {
    double[] work = {10, 30};
    double[] done = Fluid.run(work, new double[] {1, 1}, 100);
    assertThat(done).containsExactly(new double[] {20, 40}, within(1e-9));
    assertThat(work).containsExactly(0, 0);
  }

  @Test
  void fluidServesExactlyAsMuchAsTimeAllows() {
    SplittableRandom random = new SplittableRandom(3);
    for (int k = 0; k < 1000; k++) {
      int count = 1 + random.nextInt(8);
      double[] work = random.doubles(count, 1, 50).toArray();
      double[] weight = random.doubles(count, 0.01, 1).toArray();
      double before = Arrays.stream(work).sum();
      double ms = 100 * random.nextDouble();
      double[] done = Fluid.run(work, weight, ms);
      double served = before - Arrays.stream(work).sum();
      assertThat(served).isCloseTo(Math.min(ms, before), within(1e-6));
      for (int a = 0; a < count; a++) {
        assertThat(done[a] <= ms).isEqualTo(work[a] == 0);
      }
    }
  }

  /** The first alone for 10 ms, then both at half the rate. */
  @Test
  void usersAreServedFromTheirStartOn() {
    double[] work = {20, 10, 5};
    double[] done = Fluid.run(work, new double[] {1, 1, 1}, new double[] {0, 10, 100}, 100);
    assertThat(done).containsExactly(new double[] {30, 30, Double.POSITIVE_INFINITY}, within(1e-9));
    assertThat(work).containsExactly(0, 0, 5);
  }

  /** A session is moved only for a gain above the cost, and pays it in waiting. */
  @Test
  void dearMovesAreNotMade() {
    LiveConfig config = config(60, 6, 150);
    LiveRun staying = LiveRun.of(config, LiveRules.CONVEX, 3, 200);
    LiveRun free = LiveRun.of(config.withMigrationMs(0), LiveRules.CONVEX, 3, 200);
    LiveRun dear = LiveRun.of(config.withMigrationMs(200), LiveRules.CONVEX, 3, 200);
    LiveRun dearest = LiveRun.of(config.withMigrationMs(1e9), LiveRules.CONVEX, 3, 200);
    assertThat(staying.movesPerTask()).isZero();
    assertThat(free.movesPerTask()).isGreaterThan(dear.movesPerTask());
    assertThat(dearest).isEqualTo(staying);
  }

  @Test
  void weightlessUsersWait() {
    double[] work = {10, 30};
    assertThat(Fluid.run(work, new double[] {0, 1}, 15)).containsOnly(Double.POSITIVE_INFINITY);
    assertThat(work).containsExactly(10, 15);
  }

  /** Uniform within ±25 % of the mean: the middle at first, then the middle of what is possible. */
  @Test
  void expectedRestIsTheConditionalMean() {
    Session session = new Session(0, Task.of(TaskKind.CODE, 300), 0, 0, 0);
    double perToken = ModelPair.TARGET_GFLOP_PER_TOKEN;
    double mean = 256 / 0.75;
    assertThat(session.expectedGflopLeft()).isCloseTo(perToken * (150 + mean), within(1e-6));
    session.gflopDone = perToken * (150 + mean);
    assertThat(session.expectedGflopLeft()).isCloseTo(perToken * mean * 0.125, within(1e-6));
    session.gflopDone = perToken * (150 + 1.3 * mean);
    assertThat(session.expectedGflopLeft()).isPositive();
  }

  /** An answer cannot be there before drafting and verification alone would be done. */
  @Test
  void loneDeviceIsServedAtFullSpeed() {
    LiveConfig config = config(1, 1, 5000);
    for (LiveRules rule : LiveRules.values()) {
      LiveRun run = LiveRun.of(config, rule, 5, 4000);
      // On an RTX 2080 at peak: the shortest chat task 456 GFLOP, the longest code task 1796.
      assertThat(run.answered()).isGreaterThan(20);
      assertThat(run.meanLatencyMs()).isBetween(45.0, 400.0);
    }
  }

  /** Arrivals are common: with shares that cannot matter, runs are identical. */
  @Test
  void runsDependOnSeedAndRuleOnly() {
    LiveConfig config = config(30, 4, 300);
    LiveRun first = LiveRun.of(config, LiveRules.CONVEX, 1, 150);
    assertThat(LiveRun.of(config, LiveRules.CONVEX, 1, 150)).isEqualTo(first);
    assertThat(LiveRun.of(config, LiveRules.CONVEX, 2, 150)).isNotEqualTo(first);
    assertThat(LiveRun.of(config, LiveRules.UNIFORM, 1, 150)).isNotEqualTo(first);
  }

  /** The mean latency of known queueing theory: shortest-first is below processor sharing. */
  @Test
  void shortestFirstIsBelowEqualShares() {
    LiveConfig config = config(100, 10, 150);
    double shortest = 0;
    double equal = 0;
    for (int seed = 0; seed < 3; seed++) {
      shortest += LiveRun.of(config, LiveRules.SHORTEST_FIRST, seed, 300).meanLatencyMs();
      equal += LiveRun.of(config, LiveRules.UNIFORM, seed, 300).meanLatencyMs();
    }
    assertThat(shortest).isLessThan(equal);
  }

  @Test
  void tracesDriveTheLiveSystem() {
    SionnaTrace trace = SionnaTrace.builtIn();
    LiveConfig config = config(trace.devices(), trace.servers(), 300);
    LiveRun run = LiveRun.of(config, trace.channel(0, 20), LiveRules.CONVEX, 1, 200);
    assertThat(run.answered()).isGreaterThan(200);
    assertThat(run.millijoulesPerTask()).isPositive();
  }

  private static LiveConfig config(int devices, int servers, double thinkMs) {
    ObjectiveConfig paper = ObjectiveConfig.paper();
    ObjectiveConfig objective =
        new ObjectiveConfig(
            paper.syncWeightPerMs(), 0, paper.noise(), paper.energy(), paper.penalty(), 50);
    return new LiveConfig(Scenario.paper(devices, servers).with(objective), thinkMs, 1);
  }
}
