package dev.paceline.scheduler.association;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.scheduler.allocation.ConvexShares;
import dev.paceline.scheduler.allocation.Groups;
import dev.paceline.scheduler.allocation.UplinkSolver;
import dev.paceline.scheduler.mec.Evaluation;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.Servers;
import dev.paceline.scheduler.mec.SlotProblem;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The bound for few users to a server, against exact answers, and what it says of TMA+. */
class ConfigurationBoundTest {
  @Test
  void isBelowTheOptimumAndNearIt() {
    double sum = 0;
    for (int seed = 0; seed < 40; seed++) {
      SlotProblem problem = problem(8, 3 + seed % 3, 20.0 * (seed % 4), seed);
      int[] exact = new ExactAssociation().associate(problem, new SplittableRandom(0));
      double optimum = objective(problem, exact);
      double bound = ConfigurationBound.of(problem, exact, 60);
      assertThat(bound).isLessThanOrEqualTo(optimum * (1 + 1e-9));
      assertThat(bound).isGreaterThanOrEqualTo(DualBound.of(problem, exact, 300));
      sum += optimum / bound - 1;
    }
    assertThat(sum / 40).as("mean gap").isLessThan(0.005);
  }

  /** Every set of ten users is tried for comparison. */
  @Test
  void pricingEqualsEnumeration() {
    for (int seed = 0; seed < 30; seed++) {
      SlotProblem problem = problem(10, 2, 15.0 * (seed % 3), seed);
      int[] capacity = {4, 20};
      problem = problem.with(new Servers(problem.servers().gflopPerMs(), new double[2], capacity));
      int[] start = new TmaPlus().associate(problem, new SplittableRandom(0));
      UplinkSolver solver = new UplinkSolver(problem);
      DualBound.Prices prices = DualBound.prices(problem, start, 30);
      for (int server = 0; server < 2; server++) {
        ServerPricing pricing = new ServerPricing(problem, solver, server, prices, 100_000);
        SplittableRandom random = new SplittableRandom(seed);
        for (int k = 0; k < 4; k++) {
          double mean = objective(problem, start) / 10;
          double[] price = random.doubles(10, 0.2 * mean, 1.5 * mean).toArray();
          double least = enumerated(problem, solver, server, price);
          assertThat(pricing.bound(price)).isCloseTo(least, within(2e-3));
          assertThat(pricing.bound(price)).isLessThanOrEqualTo(least + 1e-6);
          assertThat(pricing.best().length).isLessThanOrEqualTo(capacity[server]);
        }
      }
    }
  }

  private static double enumerated(
      SlotProblem problem, UplinkSolver solver, int server, double[] price) {
    double least = 0;
    for (int set = 1; set < 1024; set++) {
      int code = set;
      int[] members =
          java.util.stream.IntStream.range(0, 10).filter(i -> (code >> i & 1) == 1).toArray();
      if (members.length <= problem.servers().sessionCapacity()[server]) {
        double roots = Arrays.stream(members).mapToDouble(problem::rootGflop).sum();
        double value =
            roots * roots / problem.servers().gflopPerMs()[server]
                + solver.cost(server, members, members.length, 0)
                - Arrays.stream(members).mapToDouble(i -> price[i]).sum();
        least = Math.min(least, value);
      }
    }
    return least;
  }

  /** The cells of the paper's grid that the dual bound leaves open by up to 17 %. */
  @Test
  void tmaPlusIsWithinThreePercentWithFewUsersToAServer() {
    int[][] cells = {
      {30, 20, 20},
      {30, 20, 60},
      {30, 20, 100},
      {30, 16, 20},
      {60, 20, 60},
      {100, 20, 60},
      {100, 20, 100}
    };
    for (int[] cell : cells) {
      SlotProblem problem = problem(cell[0], cell[1], cell[2], 4001);
      int[] found = new TmaPlus().associate(problem, new SplittableRandom(1));
      double gap = objective(problem, found) / ConfigurationBound.of(problem, found, 80) - 1;
      System.out.printf("%s gap %.3f %%%n", Arrays.toString(cell), 100 * gap);
      assertThat(gap).as(Arrays.toString(cell)).isBetween(-1e-9, 0.03);
    }
  }

  @Test
  void iteratedSearchNeverMakesWorseAndFindsSmallOptima() {
    int optimal = 0;
    for (int seed = 0; seed < 30; seed++) {
      SlotProblem problem = problem(9, 4, 25.0 * (seed % 3), seed);
      SplittableRandom random = new SplittableRandom(seed);
      int[] start = Baselines.RANDOM.associate(problem, random);
      double found = objective(problem, new IteratedSearch(60).improve(problem, start, random));
      assertThat(found).isLessThanOrEqualTo(objective(problem, start) * (1 + 1e-9));
      double best = objective(problem, new ExactAssociation().associate(problem, random));
      optimal += found <= best * (1 + 1e-6) ? 1 : 0;
    }
    assertThat(optimal).isGreaterThanOrEqualTo(29);
  }

  private static SlotProblem problem(int devices, int servers, double weight, long seed) {
    Scenario scenario = Scenario.paper(devices, servers);
    return SlotProblem.draw(scenario.with(scenario.objective().withEnergyWeight(weight)), seed);
  }

  private static double objective(SlotProblem problem, int[] server) {
    return Evaluation.of(problem, Groups.allocate(problem, server, new ConvexShares())).objective();
  }
}
