package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class StepTimesTest {
  private static final int MOST = 256;

  /** A memory-bound floor, kernels in blocks of four rows, and compute beyond. */
  private static double device(int rows) {
    return 7e6 + 0.4e6 * ((rows + 3) / 4) + 0.02e6 * rows;
  }

  private static StepTimes calibrated(IntToDoubleFunction curve, double noise, int runs) {
    StepTimes times = new StepTimes(MOST);
    Random random = new Random(3);
    for (int rows : times.rowCounts()) {
      for (int run = 0; run < runs; run++) {
        double extra = noise * -Math.log(1 - random.nextDouble());
        times.calibrate(rows, (long) (curve.applyAsDouble(rows) * (1 + extra)));
      }
    }
    return times;
  }

  @Test
  void knowsNothingAtFirstAndTakesRowsForFreeAfterOneStep() {
    StepTimes times = new StepTimes(64);
    assertThat(times.known()).isFalse();
    assertThat(times.nanos(5)).isZero();
    times.observed(5, 1000);
    assertThat(times.known()).isTrue();
    assertThat(times.nanos(1)).isCloseTo(1000, within(1e-6));
    assertThat(times.nanos(64)).isCloseTo(1000, within(1e-6));
    assertThat(times.nanos(0)).isZero();
  }

  @Test
  void recoversACurveFromNoisyRuns() {
    StepTimes times = calibrated(StepTimesTest::device, 0.2, 3);
    for (int rows = 1; rows <= MOST; rows++) {
      assertThat(times.nanos(rows)).isCloseTo(device(rows), Percentage.withPercentage(15));
    }
    for (int rows = 1; rows <= 8; rows++) {
      assertThat(calibrated(StepTimesTest::device, 0, 1).nanos(rows))
          .isCloseTo(device(rows), Percentage.withPercentage(0.01));
    }
  }

  @Test
  void learnsACurveInServiceFromAWrongStart() {
    StepTimes times = calibrated(rows -> 1e6 * rows, 0, 1);
    Random random = new Random(5);
    for (int step = 0; step < 6000; step++) {
      int rows = 1 + random.nextInt(32);
      times.observed(rows, (long) (device(rows) * Math.exp(0.1 * random.nextGaussian())));
    }
    for (int rows = 1; rows <= 32; rows++) {
      assertThat(times.nanos(rows)).isCloseTo(device(rows), Percentage.withPercentage(20));
    }
  }

  @Test
  void isPositiveAndNeverFallsWhateverIsMeasured() {
    Random random = new Random(7);
    for (int round = 0; round < 50; round++) {
      StepTimes times = new StepTimes(1 + random.nextInt(300));
      for (int rows : times.rowCounts()) {
        if (random.nextBoolean()) {
          times.calibrate(rows, random.nextInt(1_000_000));
        }
      }
      for (int step = 0; step < 100; step++) {
        times.observed(1 + random.nextInt(400), random.nextInt(1 << random.nextInt(30)));
      }
      double before = 0;
      for (int rows = 1; rows <= 500; rows++) {
        double nanos = times.nanos(rows);
        assertThat(nanos).isPositive().isFinite().isGreaterThanOrEqualTo(before * (1 - 1e-12));
        before = nanos;
      }
    }
  }

  @Test
  void oneOutlierHardlyCounts() {
    StepTimes times = calibrated(StepTimesTest::device, 0, 1);
    times.observed(4, (long) (100 * device(4)));
    for (int rows = 1; rows <= MOST; rows++) {
      assertThat(times.nanos(rows)).isCloseTo(device(rows), Percentage.withPercentage(5));
    }
  }

  @Test
  void followsADeviceThatTurnsSlowerAtEveryRowCount() {
    StepTimes times = calibrated(StepTimesTest::device, 0, 1);
    for (int step = 0; step < 60; step++) {
      times.observed(1 + step % 4, (long) (2 * device(1 + step % 4)));
    }
    for (int rows : new int[] {1, 4, 16, 64}) {
      assertThat(times.nanos(rows)).isCloseTo(2 * device(rows), Percentage.withPercentage(35));
    }
  }

  @Test
  void readsBetweenAndBeyondItsKnots() {
    StepTimes times = new StepTimes(16);
    times.calibrate(8, 800);
    times.calibrate(16, 1600);
    assertThat(times.nanos(11)).isCloseTo(1100, within(1e-6));
    assertThat(times.nanos(3)).isCloseTo(800, within(1e-6));
    assertThat(times.nanos(20)).isCloseTo(2000, within(1e-6));
  }

  @Test
  void refusesWhatIsNoKnotAndNoStep() {
    assertThatThrownBy(() -> new StepTimes(0)).hasMessageContaining("at most 0 rows");
    assertThatThrownBy(() -> new StepTimes(16).calibrate(9, 5)).hasMessageContaining("9 rows");
    StepTimes times = new StepTimes(16);
    times.calibrate(8, 0);
    times.observed(8, -1);
    assertThat(times.known()).isFalse();
  }
}
