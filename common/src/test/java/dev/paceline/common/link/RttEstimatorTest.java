package dev.paceline.common.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class RttEstimatorTest {
  private static final long MS = 1_000_000;
  private final RttEstimator rtt = new RttEstimator();

  @Test
  void knowsNothingAtFirst() {
    assertThat(rtt.known()).isFalse();
    assertThat(rtt.leastNanos()).isZero();
    assertThat(rtt.smoothedNanos()).isZero();
  }

  @Test
  void followsTheFormulaOfRfc6298() {
    rtt.sample(100 * MS, 0);
    assertThat(rtt.smoothedNanos()).isEqualTo(100 * MS);
    assertThat(rtt.timeoutNanos()).isEqualTo(300 * MS);
    rtt.sample(180 * MS, MS);
    assertThat(rtt.smoothedNanos()).isEqualTo(110 * MS);
    // The deviation uses the smoothed value of before: 50 + (80 - 50) / 4.
    assertThat(rtt.timeoutNanos()).isCloseTo(110 * MS + (long) (4 * 57.5 * MS), within(10L));
  }

  @Test
  void theLeastIsForgottenAfterAWhile() {
    rtt.sample(20 * MS, 0);
    for (long second = 1; second <= 9; second++) {
      rtt.sample(80 * MS, second * 1000 * MS);
    }
    assertThat(rtt.leastNanos()).isEqualTo(20 * MS);
    for (long second = 10; second <= 30; second++) {
      rtt.sample(80 * MS, second * 1000 * MS);
    }
    assertThat(rtt.leastNanos()).isEqualTo(80 * MS);
  }

  @Test
  void aBoundOnlyEverLowers() {
    rtt.bound(300 * MS, 0);
    assertThat(rtt.known()).isTrue();
    assertThat(rtt.smoothedNanos()).isEqualTo(300 * MS);
    rtt.sample(50 * MS, MS);
    assertThat(rtt.smoothedNanos()).isEqualTo(50 * MS);
    rtt.bound(200 * MS, 2 * MS);
    assertThat(rtt.smoothedNanos()).isEqualTo(50 * MS);
    assertThat(rtt.leastNanos()).isEqualTo(50 * MS);
    rtt.bound(30 * MS, 3 * MS);
    assertThat(rtt.smoothedNanos()).isEqualTo(30 * MS);
    assertThat(rtt.leastNanos()).isEqualTo(30 * MS);
  }

  @Test
  void anotherLinkStartsAnew() {
    rtt.sample(50 * MS, 0);
    rtt.reset();
    assertThat(rtt.known()).isFalse();
    rtt.sample(90 * MS, MS);
    assertThat(rtt.leastNanos()).isEqualTo(90 * MS);
    assertThat(rtt.smoothedNanos()).isEqualTo(90 * MS);
  }
}
