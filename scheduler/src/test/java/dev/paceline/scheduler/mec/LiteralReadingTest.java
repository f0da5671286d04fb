package dev.paceline.scheduler.mec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Why the paper's letter is not what is computed: each absurdity in numbers. */
class LiteralReadingTest {
  @Test
  void snrOverTheDensityIsTheBandTimesTheRealOne() {
    double real = Math.pow(10, (20 - 100 - RadioConfig.paper().noiseDbm(1e6)) / 10);
    double noiseFigure = Math.pow(10, 0.5);
    assertThat(LiteralReading.snrHertz(-100, 0.1) / real)
        .isCloseTo(1e6 * noiseFigure, within(1e-3 * 1e6));
  }

  @Test
  void computingEnergyOfOneAnswerWouldBeThatOfACity() {
    double gflop = Task.of(TaskKind.CODE, 256).deviceGflop();
    assertThat(LiteralReading.computeJoules(gflop)).isBetween(1e19, 1e21);
    // 1e9 FLOP per joule instead: about 0.25 J a token.
    assertThat(gflop / (150 + 256 / 0.75)).isCloseTo(0.249, within(1e-3));
  }

  @Test
  void rewardGrowsWithTheCostAndSwapsRaiseIt() {
    assertThat(LiteralReading.reward(2, 1)).isGreaterThan(LiteralReading.reward(1, 1));
    assertThat(LiteralReading.swaps(1, 2)).isTrue();
    assertThat(LiteralReading.swaps(2, 1)).isFalse();
  }

  @Test
  void softUpdateMovesTheCriticNotTheTarget() {
    // With ξ = 0.005 the critic becomes the target at once.
    assertThat(LiteralReading.softUpdate(10, 2, 0.005)).isCloseTo(2.04, within(1e-12));
  }

  @Test
  void synchronisingInSecondsIsAboutNothing() {
    double lambda = ObjectiveConfig.paper().syncWeightPerMs();
    assertThat(LiteralReading.syncPenaltySeconds(lambda, 35, 65)).isCloseTo(9e-6, within(1e-12));
    assertThat(SyncPenalty.TWO_SIDED.cost(lambda, 35, 65)).isCloseTo(9, within(1e-9));
  }
}
