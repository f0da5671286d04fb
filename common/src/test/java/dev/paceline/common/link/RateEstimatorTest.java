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
  private static final long DELAY = 40 * MS;

  /** Smallest frame, bytes. */
  private static final int SMALL = 20;

  private final RateEstimator estimator = new RateEstimator();
  private long idleAt;

  /** Sends a frame over a link and returns when the answer to it would be back. */
  private long send(int bytes, double bitsPerSecond, long now) {
    long begin = Math.max(idleAt, now);
    idleAt = begin + nanos(bytes, bitsPerSecond);
    return idleAt + DELAY;
  }

  private static long nanos(int bytes, double bitsPerSecond) {
    return (long) (bytes * 8e9 / bitsPerSecond);
  }

  /** The round trip of the smallest frame alone. */
  private static long rtt(double bitsPerSecond) {
    return DELAY + nanos(SMALL, bitsPerSecond);
  }

  /** Loads a link beyond its rate; every twentieth frame is answered after a wait. */
  private void overload(double rate, Random random, long longestWait) {
    estimator.sent(SMALL, 0);
    send(SMALL, rate, 0);
    long now = 0;
    for (int i = 0; i < 240; i++) {
      now += random.nextInt(40) * MS;
      int bytes = SMALL + random.nextInt(60);
      long back = send(bytes, rate, now);
      long mark = estimator.sent(bytes, now);
      if (i % 20 == 19) {
        long wait = (long) (random.nextDouble() * longestWait);
        estimator.answered(
            mark, back + wait - now - rtt(rate), longestWait, rtt(rate), back + wait);
      }
    }
  }

  @Test
  void findsTheRateOfALinkThatIsTheBottleneck() {
    overload(12_000, new Random(3), 0);
    assertThat(estimator.measured()).isTrue();
    assertThat(estimator.bitsPerSecond()).isCloseTo(12_000, within(600.0));
  }

  @Test
  void findsItAlthoughAnswersWaitForTheServer() {
    overload(12_000, new Random(4), 150 * MS);
    assertThat(estimator.bitsPerSecond()).isCloseTo(12_000, within(1_800.0));
  }

  @Test
  void pausesOfTheSenderHaveNoPartInIt() {
    double rate = 64_000;
    estimator.sent(SMALL, 0);
    long now = 0;
    for (int burst = 0; burst < 20; burst++) {
      now += 5000 * MS;
      long back = 0;
      long mark = 0;
      for (int i = 0; i < 10; i++) {
        back = send(100, rate, now);
        mark = estimator.sent(100, now);
      }
      estimator.answered(mark, back - now - rtt(rate), 0, rtt(rate), back);
    }
    assertThat(estimator.bitsPerSecond()).isCloseTo(rate, within(640.0));
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
      estimator.answered(estimator.sent(30, now), back - now - rtt(10e6), 0, rtt(10e6), back);
    }
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void framesOfWhichNoneArrivesShowASlowLink() {
    estimator.sent(SMALL, 0);
    long mark = 0;
    for (int i = 0; i < 50; i++) {
      mark = estimator.sent(SMALL, i * 10L * MS);
    }
    // 51 frames, of which the last is not there a second after it was sent: at most 1000 bytes
    // have left in 1.49 s.
    estimator.late(mark, 1000 * MS, rtt(5_000));
    assertThat(estimator.measured()).isTrue();
    assertThat(estimator.bitsPerSecond()).isCloseTo(8 * 1000 / 1.49, within(60.0));
  }

  @Test
  void aSenderThatKeepsToTheRateFindsThatTheLinkHasBecomeFaster() {
    overload(12_000, new Random(3), 0);
    long now = idleAt + 1000 * MS;
    for (int i = 0; i < 300; i++) {
      now += nanos(SMALL, estimator.bitsPerSecond());
      long back = send(SMALL, 48_000, now);
      long mark = estimator.sent(SMALL, now);
      estimator.answered(mark, back - now - rtt(48_000), 0, rtt(48_000), back);
    }
    assertThat(estimator.bitsPerSecond()).isBetween(40_000.0, 72_000.0);
  }

  @Test
  void aLargeFrameThatCausesNoDelayShowsAFastLink() {
    estimator.sent(SMALL, 0);
    long mark = estimator.sent(6_000, 0);
    estimator.answered(mark, 2 * MS, 0, DELAY, DELAY);
    assertThat(estimator.bitsPerSecond()).isGreaterThan(2e6);
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void oneHiccupLowersNothing() {
    overload(64_000, new Random(3), 0);
    estimator.reset();
    double rate = 64_000;
    estimator.sent(SMALL, 0);
    long burst = estimator.sent(2_000, 0);
    estimator.answered(burst, nanos(2_000, rate), 0, DELAY, nanos(2_000, rate) + DELAY);
    assertThat(estimator.measured()).isTrue();
    double before = estimator.bitsPerSecond();
    long later = estimator.sent(2_000, 5_000 * MS);
    estimator.answered(later, 3_000 * MS, 0, DELAY, 8_000 * MS);
    assertThat(estimator.bitsPerSecond()).isEqualTo(before);
    long again = estimator.sent(2_000, 9_000 * MS);
    estimator.answered(again, 3_000 * MS, 0, DELAY, 12_000 * MS);
    assertThat(estimator.bitsPerSecond()).as("twice in a row").isLessThan(before / 2);
  }

  @Test
  void fewFramesDoNotExplainALongDelay() {
    for (int i = 0; i < 10; i++) {
      long mark = estimator.sent(SMALL, i * 1000L * MS);
      estimator.answered(mark, 300 * MS, 0, DELAY, (i * 1000L + 340) * MS);
    }
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void anAnswerThatMayHaveWaitedForTheServerOnlyBounds() {
    estimator.sent(SMALL, 0);
    estimator.answered(estimator.sent(1000, 0), 1000 * MS, 1000 * MS, DELAY, 1000 * MS);
    assertThat(estimator.bitsPerSecond()).isCloseTo(8_000, within(1.0));
    long mark = estimator.sent(1000, 10_000 * MS);
    estimator.answered(mark, 5000 * MS, 5000 * MS, DELAY, 15_000 * MS);
    assertThat(estimator.bitsPerSecond()).isCloseTo(8_000, within(1.0));
    assertThat(estimator.measured()).isFalse();
  }

  @Test
  void marksOfLongAgoAndOfAnotherLinkAreIgnored() {
    long old = estimator.sent(1000, 0);
    for (int i = 0; i < 1000; i++) {
      estimator.sent(30, i * MS);
    }
    estimator.answered(old, 5000 * MS, 0, DELAY, 5000 * MS);
    assertThat(estimator.bitsPerSecond()).isZero();
    long before = estimator.sent(1000, 6000 * MS);
    estimator.reset();
    estimator.sent(30, 6000 * MS);
    estimator.answered(before, 5000 * MS, 0, DELAY, 11_000 * MS);
    estimator.late(before, 5000 * MS, DELAY);
    assertThat(estimator.bitsPerSecond()).isZero();
    assertThat(estimator.measured()).isFalse();
  }
}
