package dev.paceline.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallGuardTest {
  private final CountDownLatch closed = new CountDownLatch(1);

  @Test
  void aSilentStreamIsClosed() throws InterruptedException {
    try (StallGuard guard = new StallGuard(closed::countDown, Duration.ofMillis(20))) {
      guard.progress();
      assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aFinishedTransferIsLeftAlone() throws InterruptedException {
    StallGuard guard = new StallGuard(closed::countDown, Duration.ofSeconds(1));
    guard.close();
    assertThat(closed.await(1200, TimeUnit.MILLISECONDS)).isFalse();
  }
}
