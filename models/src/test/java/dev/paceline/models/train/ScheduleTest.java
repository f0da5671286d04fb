package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.models.train.Schedule.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  /** Values from the formulas, worked out by hand. */
  @ParameterizedTest
  @CsvSource({
    "COSINE, 0.05, 0.5",
    "COSINE, 0.1, 1",
    "COSINE, 0.55, 0.55",
    "COSINE, 1, 0.1",
    "WSD, 0.05, 0.5",
    "WSD, 0.59, 1",
    "WSD, 0.7, 0.75",
    "WSD, 1, 0",
    "WSD_SQRT, 0.59, 1",
    "WSD_SQRT, 0.7, 0.5",
    "WSD_SQRT, 1, 0",
  })
  void followsItsFormula(Shape shape, double progress, double expected) {
    Schedule schedule = new Schedule(shape, 0.1, 0.4);
    assertThat(schedule.factor(progress)).isCloseTo(expected, within(1e-12));
    assertThat(schedule.decaying(progress)).isEqualTo(shape != Shape.COSINE && progress > 0.6);
  }
}
