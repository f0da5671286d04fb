package dev.paceline.scheduler.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.mec.BatteryBand;
import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.RadioConfig;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.Servers;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.WorkloadConfig;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** How good the associations found are, against exact answers and bounds. */
class SearchQualityTest {
  @Test
  void exactSolverEqualsPlainEnumeration() {
    for (int seed = 0; seed < 10; seed++) {
      SlotProblem problem = small(seed);
      int users = problem.userCount();
      int servers = problem.serverCount();
      double best = Double.POSITIVE_INFINITY;
      for (int code = 0; code < Math.pow(servers, users); code++) {
        int[] server = new int[users];
        int rest = code;
        for (int i = 0; i < users; i++) {
          server[i] = rest % servers;
          rest /= servers;
        }
        if (fits(problem, server)) {
          best = Math.min(best, objective(problem, server));
        }
      }
      int[] exact = new ExactAssociation().associate(problem, new SplittableRandom(0));
      assertThat(objective(problem, exact)).isCloseTo(best, within(1e-7 * best));
    }
  }

  @Test
  void tmaPlusIsOptimalInNearlyAllSmallInstances() {
    int optimal = 0;
    double worst = 0;
    for (int seed = 0; seed < 500; seed++) {
      SlotProblem problem = small(seed);
      SplittableRandom random = new SplittableRandom(seed);
      double exact = objective(problem, new ExactAssociation().associate(problem, random));
      double found = objective(problem, new TmaPlus().associate(problem, random));
      assertThat(found).isGreaterThan(exact - 1e-6 * exact);
      assertThat(DualBound.of(problem, new TmaPlus().associate(problem, random), 20))
          .as("a lower bound on the optimum")
          .isLessThan(exact * (1 + 1e-9));
      worst = Math.max(worst, found / exact - 1);
      if (found <= exact * (1 + 1e-6)) {
        optimal++;
      }
    }
    System.out.printf("TMA+ optimal in %d of 500, worst %.3f %% above%n", optimal, 100 * worst);
    assertThat(optimal).isGreaterThanOrEqualTo(475);
  }

  @Test
  void tmaPlusIsWithinThreePercentOfABound() {
    int[][] grid = {
      {30, 10}, {60, 10}, {90, 10}, {120, 10}, {150, 10}, {180, 10}, {100, 4}, {100, 8}, {100, 12},
      {100, 16}, {100, 20}, {30, 4}, {30, 20}, {180, 20}
    };
    for (int[] size : grid) {
      for (double weight : new double[] {0, 100}) {
        Scenario scenario = Scenario.paper(size[0], size[1]);
        scenario = scenario.with(scenario.objective().withEnergyWeight(weight));
        SlotProblem problem = SlotProblem.draw(scenario, 4000);
        int[] server = new TmaPlus().associate(problem, new SplittableRandom(1));
        double found = objective(problem, server);
        double bound = DualBound.of(problem, server, 400);
        if (found / bound - 1 > 0.025) {
          // Few users to a server: the dual bound is weak there.
          bound = ConfigurationBound.of(problem, server, 80);
        }
        System.out.printf(
            "M=%d E=%d w=%.0f gap %.3f %%%n", size[0], size[1], weight, 100 * (found / bound - 1));
        assertThat(bound).isLessThanOrEqualTo(found);
        assertThat(found / bound - 1).as("gap at %s", Arrays.toString(size)).isLessThan(0.03);
      }
    }
  }

  @Test
  void largeSystemIsSolvedWithinAFewPercent() {
    Scenario scenario = Scenario.paper(400, 40);
    SlotProblem problem = SlotProblem.draw(scenario.with(RadioConfig.paper().scaledTo(40)), 1);
    int[] server = new TmaPlus().associate(problem, new SplittableRandom(1));
    double found = objective(problem, server);
    assertThat(fits(problem, server)).isTrue();
    assertThat(found / DualBound.of(problem, server, 200)).isLessThan(1.06);
  }

  private static SlotProblem small(int seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int users = 4 + random.nextInt(5);
    int servers = 2 + random.nextInt(2);
    Scenario scenario = Scenario.paper(users, servers);
    WorkloadConfig workload =
        new WorkloadConfig(
            random.nextBoolean() ? ComputeProfile.PAPER_PEAK : ComputeProfile.CALIBRATED,
            WorkloadConfig.paper().payload(),
            8,
            BatteryBand.values()[random.nextInt(3)],
            16,
            24);
    // Narrow bands, or the few users would not compete for them.
    double megahertz = 0.2 + 2 * random.nextDouble();
    RadioConfig paper = RadioConfig.paper();
    RadioConfig radio =
        new RadioConfig(
            megahertz * 1e6,
            paper.carrierGhz(),
            paper.noiseFigureDb(),
            paper.antennaGainDb(),
            paper.areaMetres(),
            paper.serverHeightMetres(),
            paper.deviceHeightMetres(),
            paper.speedMetresPerSecond(),
            paper.propagation());
    SlotProblem problem =
        SlotProblem.draw(
            scenario
                .with(workload)
                .with(radio)
                .with(scenario.objective().withEnergyWeight(60 * random.nextDouble())),
            seed);
    int[] capacity = new int[servers];
    Arrays.setAll(capacity, j -> users / servers + 1 + random.nextInt(users));
    double[] wait = new double[servers];
    Arrays.setAll(wait, j -> 100 * random.nextInt(3));
    return problem.with(new Servers(problem.servers().gflopPerMs(), wait, capacity));
  }

  private static double objective(SlotProblem problem, int[] server) {
    return Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
  }

  private static int[] loads(int[] server, int servers) {
    int[] loads = new int[servers];
    for (int j : server) {
      loads[j]++;
    }
    return loads;
  }

  private static boolean fits(SlotProblem problem, int[] server) {
    int[] loads = loads(server, problem.serverCount());
    for (int j = 0; j < loads.length; j++) {
      if (loads[j] > problem.servers().sessionCapacity()[j]) {
        return false;
      }
    }
    return true;
  }
}
