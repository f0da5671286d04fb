package dev.paceline.common.speculation.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.sampling.Race;
import org.junit.jupiter.api.Test;

class AcceptanceModelTest {
  @Test
  void learnsHowSureAnUncalibratedDraftMayBe() {
    AcceptanceModel model = new AcceptanceModel();
    // The draft overstates itself: what it calls p is right with p².
    for (int i = 0; i < 4000; i++) {
      double said = 0.05 + 0.9 * uniform(i, 1);
      model.judged(Math.log(said), i % 5, uniform(i, 2) < said * said);
    }
    for (double said : new double[] {0.27, 0.42, 0.57, 0.72, 0.86}) {
      assertThat(model.chance(Math.log(said), 2))
          .as("at %s", said)
          .isCloseTo(said * said, within(0.12));
    }
  }

  @Test
  void learnsThatDeepDraftsAreWorse() {
    AcceptanceModel model = new AcceptanceModel();
    for (int i = 0; i < 4000; i++) {
      int depth = i % 8;
      model.judged(Math.log(0.7), depth, uniform(i, 3) < 0.9 - 0.06 * depth);
    }
    assertThat(model.chance(Math.log(0.7), 0)).isCloseTo(0.9, within(0.06));
    assertThat(model.chance(Math.log(0.7), 7)).isCloseTo(0.48, within(0.1));
  }

  @Test
  void saysTheMeanOfWhatItNeverSaw() {
    AcceptanceModel model = new AcceptanceModel();
    for (int i = 0; i < 500; i++) {
      model.judged(Math.log(0.95), 1, uniform(i, 4) < 0.6);
    }
    assertThat(model.mean()).isCloseTo(0.6, within(0.1));
    assertThat(model.chance(Math.log(0.3), 9)).isCloseTo(model.mean(), within(0.02));
  }

  @Test
  void forgetsABadPassageWhileNothingIsJudged() {
    AcceptanceModel model = new AcceptanceModel();
    for (int i = 0; i < 200; i++) {
      model.judged(Math.log(0.5), 0, false);
    }
    double low = model.mean();
    model.unjudged(2000);
    assertThat(low).isLessThan(0.1);
    assertThat(model.mean()).isGreaterThan(0.5);
  }

  @Test
  void takesAnyConfidence() {
    AcceptanceModel model = new AcceptanceModel();
    for (double logProbability :
        new double[] {Double.NEGATIVE_INFINITY, -100, -0.0, 0, 1, Double.NaN}) {
      model.judged(logProbability, Integer.MAX_VALUE, true);
      assertThat(model.chance(logProbability, Integer.MAX_VALUE)).isBetween(0.0, 1.0);
    }
  }

  private static double uniform(int draw, int purpose) {
    return Race.complement(Race.hash(Race.key(99, purpose), draw));
  }
}
