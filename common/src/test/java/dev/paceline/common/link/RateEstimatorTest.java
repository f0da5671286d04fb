package dev.paceline.common.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Against a link that is computed apart: a queue that works off a fixed number of bits a second.
 */
class RateEstimatorTest {
  private static final long MS = 1_000_000;
  private static final long RTT = 40 * MS;

  private final RateEstimator estimator = new RateEstimator();
  private long idleAt;

  /** Sends a frame over a link and returns when the answer to it would be back. */
  private long send(int bytes, double bitsPerSecond, long now) {
    long begin = Math.max(idleAt, now);
    idleAt = begin + (long) (bytes * 8e9 / bitsPerSecond);
    return idleAt + RTT;
  }

  @Test
  void findsTheRateOfALinkThatIsTheBottleneck() {
    Random random = new Random(3);
    long now = 0;
    for (int i = 0; i < 240; i++) {
      now += random.nextInt(40) * MS;
      int bytes = 20 + random.nextInt(60);
      long back = send(bytes, 16_000, now);
      long mark = estimator.sent(bytes, now);
      if (i % 20 == 19) {
        estimator.answered(mark, back - now - RTT, RTT, back);
      }
    }
    assertThat(estimator.measured()).isTrue();
    assertThat(estimator.bitsPerSecond()).isCloseTo(16_000, within(800.0));
  }

  @Test
  void pausesOfTheSenderHaveNoPartInIt() {
    long now = 0;
    for (int burst = 0; burst < 10; burst++) {
      now += 5000 * MS;
      long back = 0;
      long mark = 0;
      for (int i = 0; i < 10; i++) {
        back = send(100, 64_000, now);
        mark = estimator.sent(100, now);
      }
      estimator.answered(mark, back - now - RTT, RTT, back);
    }
    assertThat(estimator.bitsPerSecond()).isCloseTo(64_000, within(640.0));
    assertThat(estimator.measured()).isTrue();
  }

  @Test
  void itsOwnShapingIsNotTakenForTheLink() {
    // 8 kbit/s are sent into a link of 10 Mbit/s.
    TokenBucket bucket = new TokenBucket(8_000, 0);
    long now = 0;
    for (int i = 0; i < 300; i++) {
      now = bucket.readyAt(now);
      bucket.charge(30, now);
      long back = send(30, 10e6, now);
      estimator.answered(estimator.sent(30, now), back - now - RTT, RTT, back);
    }
    assertThat(estimator.measured()).isFalse();
    assertThat(estimator.bitsPerSecond()).isGreaterThan(8_000);
  }

  @Test
  void aLargeFrameThatCausesNoDelayShowsAFastLink() {
    long mark = estimator.sent(6_000, 0);
    estimator.answered(mark, 2 * MS, RTT, RTT);
    assertThat(estimator.bitsPerSecond()).isGreaterThan(2e6);
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void aHiccupWithFewBytesUnderWayLowersNothing() {
    estimator.answered(estimator.sent(6_000, 0), 2 * MS, RTT, RTT);
    double before = estimator.bitsPerSecond();
    estimator.answered(estimator.sent(38, 1000 * MS), 300 * MS, RTT, 1340 * MS);
    assertThat(estimator.bitsPerSecond()).isEqualTo(before);
  }

  @Test
  void anAnswerThatWaitedForTheServerOnlyBounds() {
    estimator.bound(estimator.sent(1000, 0), 1000 * MS, 1000 * MS);
    assertThat(estimator.bitsPerSecond()).isCloseTo(8_000, within(1.0));
    estimator.bound(estimator.sent(1000, 10_000 * MS), 5000 * MS, 15_000 * MS);
    assertThat(estimator.bitsPerSecond()).isCloseTo(8_000, within(1.0));
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void marksOfLongAgoAreIgnored() {
    long old = estimator.sent(1000, 0);
    for (int i = 0; i < 1000; i++) {
      estimator.sent(30, i * MS);
    }
    estimator.answered(old, 5000 * MS, RTT, 5000 * MS);
    assertThat(estimator.bitsPerSecond()).isZero();
  }
}
