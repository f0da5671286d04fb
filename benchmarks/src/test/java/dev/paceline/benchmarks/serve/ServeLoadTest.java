package dev.paceline.benchmarks.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The load generator's accounting and, with the built-in model, that it sees no wrong token. */
class ServeLoadTest {
  @Test
  void everyTokenUnderLoadIsTheRecordedOne() throws Exception {
    List<Figures> told = new ArrayList<>();
    LoadBenchmark.Report report =
        LoadBenchmark.run(
            plan(List.of(3, 1), 0.8, 0.7f),
            true,
            new LoadBenchmark.Progress() {
              @Override
              public void started(String device, int texts) {
                assertThat(texts).isEqualTo(16);
              }

              @Override
              public void measured(Figures figures) {
                told.add(figures);
              }
            });
    assertThat(report.mismatches()).isZero();
    assertThat(report.figures()).isEqualTo(told).hasSize(4);
    for (Figures f : report.figures()) {
      assertThat(f.tokensPerSecond()).as("%s", f).isPositive();
      // The first step of a text may be the last of the one that its client has just cut.
      assertThat(f.sessionsPerStep()).as("%s", f).isBetween(1.0, f.sessions() * 1.1);
      assertThat(f.rowsPerStep()).as("%s", f).isGreaterThanOrEqualTo(f.sessionsPerStep());
      assertThat(f.tokensPerSecond())
          .as("tokens are steps times sessions times accepted length: %s", f)
          .isCloseTo(
              f.stepsPerSecond() * f.sessionsPerStep() * f.acceptedLength(),
              within(f.tokensPerSecond() * 1e-9));
      assertThat(f.itlP50Ms()).isLessThanOrEqualTo(f.itlP95Ms());
      assertThat(f.itlP95Ms()).isLessThanOrEqualTo(f.itlP99Ms());
      if (f.drafts()) {
        // How many drafts are judged is the clock's business: on a busy machine perhaps none.
        assertThat(f.acceptedLength()).as("%s", f).isGreaterThanOrEqualTo(1);
      } else {
        assertThat(f.acceptedLength()).isEqualTo(1);
      }
    }
    NeverSlower.Report slower = Objects.requireNonNull(report.neverSlower());
    assertThat(slower.mismatches()).isZero();
    assertThat(slower.rounds()).isGreaterThanOrEqualTo(5);
  }

  @Test
  void theDrafterIsRightAsOftenAsAskedAndKeepsItsWindow() {
    int[] truth = new int[20_001];
    SyntheticDrafter drafter = new SyntheticDrafter(0.8, 5, false, 100, 7);
    drafter.begin(0, truth.length);
    int right = 0;
    int drafted = 0;
    int epoch = 0;
    for (int verified = 0; verified < 20_000; ) {
      assertThat(drafter.sent()).isEqualTo(verified);
      int[] ids = drafter.next(truth, verified);
      assertThat(ids.length).isEqualTo(Math.min(5, 20_000 - verified));
      assertThat(drafter.next(truth, verified)).isEmpty();
      boolean all = true;
      for (int id : ids) {
        drafted++;
        right += id == 0 ? 1 : 0;
        all &= id == 0;
      }
      for (int i = 0; i < ids.length; i++) {
        drafter.written(verified + i, 0);
      }
      epoch += all ? 0 : 1;
      assertThat(drafter.epoch()).isEqualTo(epoch);
      verified += ids.length;
      drafter.verified(verified, epoch, OptionalInt.of(3));
    }
    assertThat((double) right / drafted).isCloseTo(0.8, within(0.015));
  }

  @Test
  void theLastPositionIsNeverDrafted() {
    SyntheticDrafter drafter = new SyntheticDrafter(1, 8, false, 100, 7);
    int[] truth = {1, 2, 3};
    drafter.begin(4, truth.length);
    assertThat(drafter.next(truth, 0)).containsExactly(1, 2);
    assertThat(drafter.epoch()).isEqualTo(4);
    drafter.verified(3, 4, OptionalInt.empty());
    assertThat(drafter.next(truth, 3)).isEmpty();
  }

  @Test
  void sessionsOfOneStepAreCountedAsOne() {
    List<Arrival> arrivals = List.of(arrival(100), arrival(250), arrival(100), arrival(251));
    assertThat(Composition.steps(arrivals)).extracting(List::size).containsExactly(2, 1, 1);
    assertThat(Composition.sample(List.of(0, 1, 2, 3, 4, 5), 3)).containsExactly(0, 2, 4);
  }

  @Test
  void valuesOutOfRangeAreNamed() {
    assertThatThrownBy(() -> plan(List.of(0), 0.8, 0f))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--sessions 0");
    assertThatThrownBy(() -> plan(List.of(1), 1.5, 0f))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--acceptance 1.5");
  }

  private static Arrival arrival(long stepNanos) {
    return new Arrival(0, 0, false, 1, 0, 0, 1, 1, stepNanos);
  }

  private static LoadPlan plan(List<Integer> sessions, double acceptance, float temperature) {
    return new LoadPlan(
        ModelRegistry.NANO,
        Precision.FP32,
        "cpu",
        1,
        sessions,
        acceptance,
        4,
        8,
        16,
        temperature,
        0.5,
        0,
        1,
        Map.of());
  }
}
