package dev.paceline.benchmarks.survival;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A few of the faults of {@code paceline bench survival}. */
class SurvivalTest {
  @Test
  void everyTextIsTheTargetsOwn() throws Exception {
    Map<Fault, Integer> texts =
        Map.of(
            Fault.RESTART, 4,
            Fault.KILL, 1,
            Fault.CUT, 4,
            Fault.PAUSE, 2,
            Fault.SILENCE, 1,
            Fault.MOVE, 1);
    List<FaultResult> results =
        SurvivalBenchmark.run(new SurvivalPlan(texts, 48, 110, 0.4, 1, 4), result -> {});
    assertThat(results).hasSize(texts.size());
    for (FaultResult result : results) {
      assertThat(result.complaints()).as(result.fault().label()).isEmpty();
      assertThat(result.identical()).isEqualTo(texts.get(result.fault()));
      assertThat(result.events()).isGreaterThanOrEqualTo(result.texts());
    }
  }
}
