package dev.paceline.scheduler.allocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.scheduler.mec.Allocation;
import dev.paceline.scheduler.mec.EnergyModel;
import dev.paceline.scheduler.mec.Feasibility;
import dev.paceline.scheduler.mec.NoiseModel;
import dev.paceline.scheduler.mec.ObjectiveConfig;
import dev.paceline.scheduler.mec.Servers;
import dev.paceline.scheduler.mec.SlotProblem;
import dev.paceline.scheduler.mec.SyncPenalty;
import dev.paceline.scheduler.mec.Users;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class ConvexSharesTest {
  /** golden.json holds the answers of a general-purpose constrained solver. */
  @Test
  void uplinkSharesEqualTheGeneralSolvers() throws IOException {
    JsonNode cases = golden().get("bandwidth");
    assertThat(cases).hasSize(24);
    for (JsonNode node : cases) {
      double[] device = array(node, "D_ms");
      double[] q = array(node, "q_ms");
      double[] e = array(node, "e_per_ms");
      double[] b = array(node, "b");
      double lambda = node.get("lambda_").doubleValue();
      SlotProblem problem =
          problem(objective(lambda), Users.ofCosts(device, new double[q.length], e, b), q);
      double[] y = solve(problem).uplinkShare();
      double total = 0;
      for (int i = 0; i < q.length; i++) {
        double u = q[i] / y[i];
        total += lambda * (u - device[i]) * (u - device[i]) + e[i] * u + b[i] * y[i];
      }
      double expected = node.get("objective").doubleValue();
      assertThat(total).isCloseTo(expected, within(1e-6 * expected + 1e-9));
      double[] shares = array(node, "y");
      for (int i = 0; i < q.length; i++) {
        assertThat(y[i]).isCloseTo(shares[i], within(1e-4));
      }
      int[] members = members(q.length);
      assertThat(new UplinkSolver(problem).cost(0, members, q.length, 3))
          .as("cost by duality")
          .isCloseTo(expected, within(1e-6 * expected + 1e-9));
    }
  }

  @Test
  void computeSharesEqualTheGeneralSolvers() throws IOException {
    JsonNode cases = golden().get("compute");
    assertThat(cases).hasSize(8);
    for (JsonNode node : cases) {
      double[] gflop = Arrays.stream(array(node, "f_flop")).map(f -> f / 1e9).toArray();
      double gflopPerMs = node.get("F_flops").doubleValue() / 1e12;
      int count = gflop.length;
      double[] ones = new double[count];
      Arrays.fill(ones, 1);
      SlotProblem problem =
          new SlotProblem(
              Users.ofCosts(ones, gflop, new double[count], new double[count]),
              new Servers(new double[] {gflopPerMs}, new double[1], new int[] {count}),
              ObjectiveConfig.paper(),
              1e6,
              ones,
              ones);
      double[] z = solve(problem).computeShare();
      double ms = 0;
      for (int i = 0; i < count; i++) {
        ms += gflop[i] / (z[i] * gflopPerMs);
        assertThat(z[i]).isCloseTo(node.get("z").get(i).doubleValue(), within(1e-4));
      }
      double expected = 1000 * node.get("objective_s").doubleValue();
      assertThat(ms).isCloseTo(expected, within(1e-6 * expected + 1e-9));
    }
  }

  /**
   * The Karush–Kuhn–Tucker conditions, from the cost's derivative in y: −dcost/dy is one price ν ≥
   * 0 for all users of a server, and the band is used up unless the price is 0.
   */
  @Test
  void tenThousandRandomInstancesSatisfyTheKktConditions() {
    SplittableRandom random = new SplittableRandom(7);
    for (int k = 0; k < 10_000; k++) {
      int count = 1 + random.nextInt(20);
      double lambda = Math.pow(10, -4 + 3 * random.nextDouble());
      double[] device = new double[count];
      double[] q = new double[count];
      double[] e = new double[count];
      double[] b = new double[count];
      double load = Math.pow(10, -2 + 3 * random.nextDouble());
      for (int i = 0; i < count; i++) {
        device[i] = 20 + 600 * random.nextDouble();
        q[i] = load * device[i] / count * Math.pow(10, 2 * random.nextDouble() - 1);
        e[i] = k % 2 == 0 ? 0 : Math.pow(10, -3 + 4 * random.nextDouble());
        b[i] = k % 3 == 0 ? 0 : 60 * random.nextDouble();
      }
      SlotProblem problem =
          problem(objective(lambda), Users.ofCosts(device, new double[count], e, b), q);
      double[] y = solve(problem).uplinkShare();
      double sum = Arrays.stream(y).sum();
      double[] price = new double[count];
      double scale = 0;
      for (int i = 0; i < count; i++) {
        double u = q[i] / y[i];
        double pull = 2 * lambda * (u + device[i]) * u / y[i];
        price[i] = (2 * lambda * (u - device[i]) + e[i]) * u / y[i] - b[i];
        scale = Math.max(scale, pull + e[i] * u / y[i] + b[i]);
      }
      double nu = Arrays.stream(price).average().orElseThrow();
      String as = "instance " + k + " of " + count + " users, sum " + sum;
      for (double p : price) {
        assertThat(p).as(as).isCloseTo(nu, within(1e-6 * scale + 1e-9));
      }
      assertThat(nu).as(as).isGreaterThan(-1e-6 * scale - 1e-9);
      assertThat(sum).as(as).isLessThanOrEqualTo(1 + Feasibility.TOLERANCE);
      if (nu > 1e-5 * scale) {
        assertThat(sum).as(as).isCloseTo(1, within(1e-9));
      }
    }
  }

  /** With bandwidth to spare and energy free, the upload takes exactly as long as drafting. */
  @Test
  void ampleBandSynchronisesExactly() {
    double[] device = {100, 200};
    double[] q = {10, 30};
    SlotProblem problem = problem(objective(0.01), free(device), q);
    assertThat(solve(problem).uplinkShare())
        .containsExactly(new double[] {0.1, 0.15}, within(1e-9));
  }

  /** With hardly any bandwidth y ∝ q^(2/3), cost λ (Σ q^(2/3))³. */
  @Test
  void scarceBandFollowsTheTwoThirdsPower() {
    double[] device = {1e-6, 1e-6, 1e-6};
    double[] q = {1e5, 8e5, 27e5};
    SlotProblem problem = problem(objective(0.01), free(device), q);
    double[] y = solve(problem).uplinkShare();
    assertThat(y[1] / y[0]).isCloseTo(4, within(1e-6));
    assertThat(y[2] / y[0]).isCloseTo(9, within(1e-6));
    double expected = 0.01 * Math.pow(Math.pow(1e5, 2 / 3.0) * 14, 3);
    assertThat(new UplinkSolver(problem).cost(0, members(3), 3, 0))
        .isCloseTo(expected, within(1e-6 * expected + 1e-9));
  }

  /** No feasible shares on a fine grid may beat the solver, whatever the reading of the model. */
  @Test
  void noGridPointBeatsTheOptimumUnderAnyReading() {
    SplittableRandom random = new SplittableRandom(11);
    for (NoiseModel noise : NoiseModel.values()) {
      for (SyncPenalty penalty : SyncPenalty.values()) {
        for (int k = 0; k < 40; k++) {
          double[] device = {50 + 300 * random.nextDouble(), 50 + 300 * random.nextDouble()};
          double[] q = {400 * random.nextDouble(), 100 * random.nextDouble()};
          double[] e = {random.nextDouble(), k % 2 * random.nextDouble()};
          double[] b = {k % 3 * random.nextDouble(), 5 * random.nextDouble()};
          SlotProblem problem =
              problem(
                  objective(0.01).withNoise(noise).withPenalty(penalty),
                  Users.ofCosts(device, new double[2], e, b),
                  q);
          double[] y = solve(problem).uplinkShare();
          double best = problem.uplinkCost(0, 0, y[0]) + problem.uplinkCost(1, 0, y[1]);
          double grid = Double.POSITIVE_INFINITY;
          for (int p = 1; p < 300; p++) {
            for (int r = 1; r <= 300 - p; r++) {
              double cost =
                  problem.uplinkCost(0, 0, p / 300.0) + problem.uplinkCost(1, 0, r / 300.0);
              grid = Math.min(grid, cost);
            }
          }
          assertThat(best).as("%s %s %s", noise, penalty, k).isLessThanOrEqualTo(grid * (1 + 1e-9));
        }
      }
    }
  }

  @Test
  void uniformSharesAreEqual() {
    double[] ones = {1, 1, 1, 1};
    SlotProblem problem = problem(objective(0.01), free(ones), ones);
    Allocation allocation = Groups.allocate(problem, new int[4], new UniformShares());
    assertThat(allocation.uplinkShare()).containsOnly(0.25);
    assertThat(allocation.computeShare()).containsOnly(0.25);
  }

  /** Extremes of the cubic: the root must satisfy it to rounding, from 1e-12 to 1e12. */
  @Test
  void cubicsRootIsARoot() {
    SplittableRandom random = new SplittableRandom(13);
    for (int k = 0; k < 100_000; k++) {
      double a = (random.nextBoolean() ? 1 : -1) * Math.pow(10, 16 * random.nextDouble() - 8);
      double c = Math.pow(10, 24 * random.nextDouble() - 12);
      double u = FixedBandTerm.positiveRoot(a, c);
      double magnitude = u * u * u + Math.abs(a) * u * u + c;
      assertThat(Math.abs(u * u * u - a * u * u - c)).isLessThan(1e-9 * magnitude + 1e-23);
    }
  }

  @Test
  void energyReadingLiteralReachesTheSolver() {
    // A literal 2.6 · 1e6 Hz · 0.1 W per band makes any share dear: shares shrink.
    double literal = EnergyModel.LITERAL.millijoulesPerShare(0.1, 100, 1e6);
    double[] device = {100};
    double[] q = {10};
    Users users = Users.ofCosts(device, new double[1], new double[1], new double[] {literal});
    double y = solve(problem(objective(0.01), users, q)).uplinkShare()[0];
    assertThat(y).isLessThan(0.02);
  }

  private static Users free(double[] device) {
    int count = device.length;
    return Users.ofCosts(device, new double[count], new double[count], new double[count]);
  }

  private static ObjectiveConfig objective(double lambda) {
    ObjectiveConfig paper = ObjectiveConfig.paper();
    return new ObjectiveConfig(
        lambda, 0, paper.noise(), paper.energy(), paper.penalty(), paper.slotMs());
  }

  private static SlotProblem problem(ObjectiveConfig objective, Users users, double[] q) {
    // Bits such that the whole band carries one bit per hertz: SNR 1.
    double[] bits = Arrays.stream(q).map(ms -> ms * 1e6 / 1000).toArray();
    return new SlotProblem(
        users,
        new Servers(new double[] {1}, new double[1], new int[] {q.length}),
        objective,
        1e6,
        q,
        bits);
  }

  private static Allocation solve(SlotProblem problem) {
    return Groups.allocate(problem, new int[problem.userCount()], new ConvexShares());
  }

  private static int[] members(int count) {
    int[] members = new int[count];
    Arrays.setAll(members, i -> i);
    return members;
  }

  private static JsonNode golden() throws IOException {
    try (InputStream in = ConvexSharesTest.class.getResourceAsStream("/allocation/golden.json")) {
      return new ObjectMapper().readTree(in);
    }
  }

  private static double[] array(JsonNode node, String name) {
    return StreamSupport.stream(node.get(name).spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }
}
