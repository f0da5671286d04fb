package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowAdviceTest {
  @Test
  void givesNoneBeforeTheLoadIsKnownOrWhereNobodyDrafts() {
    WindowAdvice advice = new WindowAdvice();
    assertThat(advice.next(0.8, 0, 64)).isZero();
    advice.depth(4);
    assertThat(advice.next(0.8, 0, 0)).isZero();
  }

  @Test
  void countsTwoStepsAndTheTokenBetweenAndOneForEachStepOfTheRoundTrip() {
    WindowAdvice advice = new WindowAdvice();
    advice.depth(3);
    assertThat(advice.next(0.9, 0, 64) - 1).isEqualTo(7);
    assertThat(advice.next(0.9, 2, 64) - 1).isEqualTo(13);
    assertThat(advice.next(1, 1000, 20) - 1).isEqualTo(20);
    assertThat(advice.next(0.5, 2, 64) - 1).isEqualTo(4);
    assertThat(advice.next(0.01, 2, 64) - 1).isEqualTo(1);
  }

  @Test
  void asksForOneDraftEverMoreSeldomWhileNoneIsOfUse() {
    WindowAdvice advice = new WindowAdvice();
    advice.depth(0);
    int last = 0;
    for (int pause = 32; pause <= 512; pause *= 2) {
      int steps = 1;
      while (advice.next(0.001, 0, 64) == 1) {
        steps++;
      }
      assertThat(steps).isEqualTo(pause).isGreaterThan(last);
      assertThat(advice.next(0.001, 0, 64)).isEqualTo(2);
      advice.compared(1, 0);
      last = steps;
    }
    while (advice.next(0.001, 0, 64) == 1) {
      last++;
    }
    advice.compared(1, 1);
    advice.depth(1);
    assertThat(advice.next(0.5, 0, 64)).isGreaterThan(2);
  }
}
