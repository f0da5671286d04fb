package dev.paceline.common.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void withoutALimitEverythingGoesAtOnce() {
    TokenBucket bucket = new TokenBucket(BitRate.UNLIMITED, 5);
    bucket.charge(1 << 20, 5);
    assertThat(bucket.readyAt(5)).isEqualTo(5);
  }

  @Test
  void aBacklogGoesAtExactlyTheRate() {
    Random random = new Random(1);
    TokenBucket bucket = new TokenBucket(64_000, 0);
    long now = 0;
    long bytes = 0;
    while (now < 20 * SECOND) {
      int frame = 20 + random.nextInt(400);
      bucket.charge(frame, now);
      bytes += frame;
      now = bucket.readyAt(now);
    }
    assertThat(bytes * 8e9 / now).isCloseTo(64_000, within(64.0));
  }

  @Test
  void silenceSavesOnlyAShortBurst() {
    TokenBucket bucket = new TokenBucket(64_000, 0);
    bucket.charge(100, 3600 * SECOND);
    long ready = bucket.readyAt(3600 * SECOND);
    // 80 bytes were saved, 10 ms of the rate; 20 are owed.
    assertThat(ready - 3600 * SECOND).isCloseTo(2_500_000L, within(1000L));
  }

  @Test
  void aFrameLargerThanAnyBurstGoesAndIsPaidOffLater() {
    TokenBucket bucket = new TokenBucket(64_000, 0);
    assertThat(bucket.readyAt(0)).isZero();
    bucket.charge(8080, 0);
    assertThat(bucket.readyAt(0)).isCloseTo(SECOND, within(1000L));
    assertThat(bucket.readyAt(SECOND / 2)).isCloseTo(SECOND, within(1000L));
    long ready = bucket.readyAt(SECOND / 2);
    assertThat(bucket.readyAt(ready)).isEqualTo(ready);
  }

  @Test
  void aNewRateHoldsAtOnceForWhatIsOwed() {
    TokenBucket bucket = new TokenBucket(8_000, 0);
    bucket.charge(1064, 0);
    assertThat(bucket.readyAt(0)).isCloseTo(SECOND, within(1000L));
    bucket.rate(80_000, SECOND / 2);
    assertThat(bucket.rate()).isEqualTo(80_000);
    assertThat(bucket.readyAt(SECOND / 2)).isCloseTo(SECOND / 2 + SECOND / 20, within(1000L));
    bucket.rate(BitRate.UNLIMITED, SECOND / 2);
    assertThat(bucket.readyAt(SECOND / 2)).isEqualTo(SECOND / 2);
  }

  @Test
  void aClockThatStandsStillOrStartsAnywhereIsFine() {
    TokenBucket bucket = new TokenBucket(64_000, Long.MIN_VALUE / 2);
    bucket.charge(1000, Long.MIN_VALUE / 2);
    long ready = bucket.readyAt(Long.MIN_VALUE / 2);
    assertThat(ready).isGreaterThan(Long.MIN_VALUE / 2);
    assertThat(bucket.readyAt(ready)).isEqualTo(ready);
  }

  @Test
  void aRateIsANumber() {
    assertThatThrownBy(() -> new TokenBucket(Double.NaN, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new TokenBucket(-1, 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
