package dev.paceline.scheduler.mec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FeasibilityTest {
  private final SlotProblem problem =
      new SlotProblem(
          Users.ofCosts(new double[3], new double[3], new double[3], new double[3]),
          new Servers(new double[] {1, 1}, new double[2], new int[] {2, 2}),
          ObjectiveConfig.paper(),
          1e6,
          new double[6],
          new double[3]);

  @Test
  void feasibleAllocationPasses() {
    Allocation good = allocation(new int[] {0, 0, 1}, 0.5, 0.5, 1);
    assertThat(Feasibility.check(problem, good)).isSameAs(good);
  }

  @Test
  void everyBrokenConstraintIsNamed() {
    broken(allocation(new int[] {0, 0, 1}, 0.6, 0.5, 1), "uplink shares of server 0 sum to 1.1");
    broken(
        allocation(new int[] {0, 0, 0}, 0.3, 0.3, 0.3), "server 0 is given 3 sessions but holds 2");
    broken(allocation(new int[] {0, 2, 1}, 0.5, 0.5, 1), "user 1 is given server 2");
    broken(allocation(new int[] {0, 0, 1}, 0.5, 0, 1), "user 1 is given the uplink share 0.0");
    broken(allocation(new int[] {0, 0, 1}, 0.5, Double.NaN, 1), "uplink share NaN");
    broken(allocation(new int[] {0, 0}, 0.5, 0.5), "one element for each user");
  }

  /** The letter of Eq. 4 allows what no radio does: three users with a whole band each. */
  @Test
  void lettersSumIsOverTheOtherIndex() {
    double[][] shares = {{1, 0}, {1, 0}, {1, 0}};
    assertThat(LiteralReading.sharesWithinOne(shares)).isTrue();
    broken(allocation(new int[] {0, 0, 1}, 1, 1, 1), "uplink shares of server 0 sum to 2");
  }

  private static Allocation allocation(int[] server, double... shares) {
    return new Allocation(server, shares, shares.clone());
  }

  private void broken(Allocation allocation, String sentence) {
    assertThatThrownBy(() -> Feasibility.check(problem, allocation))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(sentence);
  }
}
