package dev.paceline.scheduler.decisions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import dev.paceline.scheduler.mec.Scenario;
import dev.paceline.scheduler.mec.SlotProblem;
import java.lang.management.ManagementFactory;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PolicyTest {
  /** {@link Policy#decide} checks feasibility itself and would throw. */
  @Test
  void everyPolicyDecidesFeasibly() {
    for (String association : Policy.ASSOCIATIONS) {
      for (String shares : Policy.SHARES) {
        Policy policy = Policy.of(association + "+" + shares);
        for (int seed = 0; seed < 3; seed++) {
          int devices = association.equals("exact") ? 7 : 40;
          SlotProblem problem = SlotProblem.draw(Scenario.paper(devices, 3), seed);
          assertThat(policy.decide(problem, new SplittableRandom(seed)).server()).hasSize(devices);
        }
      }
    }
  }

  @Test
  void shortNamesMeanTheUsualShares() {
    assertThat(Policy.of("random").word()).isEqualTo("random+uniform");
    assertThat(Policy.of("max-compute").word()).isEqualTo("max-compute-top+uniform");
    assertThat(Policy.of("tma-plus").word()).isEqualTo("tma-plus+convex");
    assertThat(Policy.of("tma-masac").word()).isEqualTo("tma+masac");
    assertThat(Policy.of("oracle").word()).isEqualTo("exact+convex");
  }

  @Test
  void unknownWordsAreOneSentence() {
    assertThatThrownBy(() -> Policy.of("fastest"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown association 'fastest'; there are random, max-sinr");
    assertThatThrownBy(() -> Policy.of("tma+half"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("unknown shares 'half'; there are uniform, convex");
  }

  /** The mean of n normal values has a 95 % interval of ±1.96 σ/√n. */
  @Test
  void bootstrapIntervalHasTheWidthOfTheNormalOne() {
    SplittableRandom random = new SplittableRandom(8);
    double[] values = new double[400];
    for (int k = 0; k < values.length; k++) {
      values[k] = 10 + 2 * random.nextGaussian();
    }
    Statistics statistics = Statistics.of(values);
    assertThat(statistics.mean()).isCloseTo(10, within(0.4));
    assertThat(statistics.high() - statistics.low()).isCloseTo(2 * 1.96 * 2 / 20, within(0.06));
  }

  /** Generous, so that a busy machine does not fail it; DecisionsBenchmark prints the real ones. */
  @Test
  void decisionsAreFast() {
    var threads = ManagementFactory.getThreadMXBean();
    DecisionsBenchmark.Row row =
        DecisionsBenchmark.measure(180, 20, threads::getCurrentThreadCpuTime);
    System.out.printf("M=180 E=20: %.2f ms%n", row.medianMs());
    assertThat(row.medianMs()).isLessThan(40);
  }
}
