package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AcceptanceTest {
  @Test
  void losesHopeSoonAtFirstAndForgivesLater() {
    Acceptance fresh = new Acceptance();
    for (int i = 0; i < 3; i++) {
      fresh.judged(1, 0);
    }
    assertThat(fresh.chance()).isLessThan(0.35);

    Acceptance old = new Acceptance();
    for (int i = 0; i < 40; i++) {
      old.judged(1, 1);
    }
    double before = old.chance();
    for (int i = 0; i < 3; i++) {
      old.judged(1, 0);
    }
    assertThat(before).isGreaterThan(0.95);
    assertThat(old.chance()).isGreaterThan(0.65);
  }

  @Test
  void findsTheChance() {
    Random random = new Random(9);
    for (double alpha : new double[] {0, 0.3, 0.8, 1}) {
      Acceptance acceptance = new Acceptance();
      double sum = 0;
      for (int i = 0; i < 2200; i++) {
        acceptance.judged(1, random.nextDouble() < alpha ? 1 : 0);
        sum += i < 200 ? 0 : acceptance.chance();
      }
      assertThat(sum / 2000).isBetween(alpha - 0.03, alpha + 0.03);
    }
  }

  @Test
  void countsAFailureOnceAndNothingBehindIt() {
    Acceptance one = new Acceptance();
    Acceptance many = new Acceptance();
    one.judged(1, 0);
    many.judged(8, 0);
    assertThat(many.chance()).isEqualTo(one.chance());
    one.judged(0, 0);
    assertThat(many.chance()).isEqualTo(one.chance());
  }
}
