package dev.paceline.common.speculation.control;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The closed rules at values that can be worked out by hand. */
class RulesTest {
  private static Conditions conditions(double draft, double step, double acceptance, double price) {
    return new Conditions(draft * 1e6, 20e6, step * 1e6, 0, 1, acceptance, price * 1e6);
  }

  private static double usual(Conditions conditions) {
    return StopRule.threshold(conditions, StopRule.usualDelayNanos(conditions));
  }

  @Test
  void stopsWhereADraftCostsMoreThanItSaves() {
    // Saves 0.8 · (40 − 15) = 20 ms; late by 15/40 · 7.5 = 2.8125 ms.
    assertThat(usual(conditions(15, 40, 0.8, 0))).isEqualTo(2.8125 / 22.8125);
    assertThat(usual(conditions(15, 40, 0.8, 2))).isEqualTo(4.8125 / 22.8125);
  }

  @Test
  void waitsForAVerdictThatIsDueBeforeTheDraftIsDone() {
    Conditions conditions = conditions(15, 40, 0.8, 0);
    assertThat(StopRule.delayNanos(conditions, 20e6)).as("done before it").isZero();
    assertThat(StopRule.delayNanos(conditions, 5e6)).isEqualTo(10e6);
    assertThat(StopRule.delayNanos(conditions, -1)).as("overdue").isEqualTo(2.8125e6);
    assertThat(StopRule.threshold(conditions, 10e6)).isEqualTo(10.0 / 30);
    assertThat(StopRule.threshold(conditions, 0)).as("hinders nobody").isEqualTo(0.005);
  }

  @Test
  void neverDraftsWhatCostsMoreThanAStep() {
    assertThat(usual(conditions(15, 40, 0.8, 40))).isGreaterThan(1);
    assertThat(usual(conditions(15, 8, 0.8, 1))).isGreaterThan(1);
    assertThat(StopRule.threshold(conditions(15, 8, 0.8, 0), 0)).isGreaterThan(1);
  }

  @Test
  void aDeviceSlowerThanTheServerIsOfNoUse() {
    Conditions slow = conditions(15, 8, 0.9, 0);
    for (int window : new int[] {0, 1, 8, 64}) {
      assertThat(PaceModel.nanosPerToken(slow, window)).isEqualTo(8e6);
    }
  }

  @Test
  void aServerThatDraftsForItselfLeavesLessToGain() {
    Conditions alone = new Conditions(15e6, 20e6, 40e6, 0, 1, 0.8, 0);
    Conditions helped = new Conditions(15e6, 20e6, 40e6, 0, 3, 0.8, 0);
    assertThat(PaceModel.nanosPerToken(alone, 8)).isLessThan(0.8 * alone.aloneNanos());
    assertThat(PaceModel.nanosPerToken(helped, 0)).isEqualTo(helped.aloneNanos());
    assertThat(PaceModel.nanosPerToken(helped, 8)).isGreaterThan(helped.aloneNanos());
  }

  @Test
  void aLongerLinkNeedsALargerWindowAndIsNotFaster() {
    double before = 0;
    for (double rtt : new double[] {0, 10, 50, 100, 400}) {
      Conditions link = new Conditions(8e6, rtt * 1e6, 100e6, 0, 1, 0.85, 0);
      double best = PaceModel.nanosPerToken(link, 64);
      assertThat(best).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(100e6);
      assertThat(PaceModel.nanosPerToken(link, 2)).isGreaterThanOrEqualTo(best);
      before = best;
    }
  }

  @Test
  void draftsPerTokenGrowWithTheWindow() {
    Conditions conditions = conditions(8, 100, 0.8, 0);
    assertThat(PaceModel.draftsPerToken(conditions, 0)).isZero();
    assertThat(PaceModel.draftsPerToken(conditions, 2))
        .isLessThan(PaceModel.draftsPerToken(conditions, 8));
  }

  @Test
  void aFrameWaitsForTheLinkAndNotLonger() {
    UplinkPacer pacer = new UplinkPacer();
    assertThat(pacer.open(1, 0)).isTrue();
    pacer.sent(42, 0, 0);
    assertThat(pacer.open(1, 0)).as("nothing is known of the link").isTrue();
    // 42 bytes at 2,000 bytes a second.
    pacer.sent(42, 2000, 0);
    assertThat(pacer.open(1, 20_900_000)).isFalse();
    assertThat(pacer.open(16, 20_900_000)).as("a full frame").isTrue();
    assertThat(pacer.open(1, 21_000_000)).isTrue();
    pacer.sent(48, 2000, 21_000_000);
    assertThat(pacer.open(1, 44_900_000)).isFalse();
    assertThat(pacer.open(1, 45_000_000)).isTrue();
  }
}
