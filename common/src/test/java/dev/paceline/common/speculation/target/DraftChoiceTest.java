package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class DraftChoiceTest {
  private static final int MOST = 64;

  private static DraftChoice choice(IntToDoubleFunction curve) {
    return new DraftChoice(times(curve));
  }

  private static StepTimes times(IntToDoubleFunction curve) {
    StepTimes times = new StepTimes(MOST);
    for (int rows : times.rowCounts()) {
      times.calibrate(rows, (long) curve.applyAsDouble(rows));
    }
    return times;
  }

  /** What sessions of one row each are granted of so many drafts. */
  private static int[] granted(DraftChoice choice, int drafts, double... alphas) {
    choice.begin(MOST);
    for (double alpha : alphas) {
      choice.always(1, true);
      choice.offer(drafts, alpha);
    }
    choice.settle();
    int[] granted = new int[alphas.length];
    Arrays.setAll(granted, choice::granted);
    return granted;
  }

  private static double[] sessions(int count, double alpha) {
    double[] alphas = new double[count];
    Arrays.fill(alphas, alpha);
    return alphas;
  }

  @Test
  void judgesAllDraftsWhenRowsAreFree() {
    DraftChoice choice = choice(rows -> 1e7);
    assertThat(granted(choice, 16, 0.8)).containsExactly(16);
    assertThat(granted(choice, 16, sessions(3, 0.8))).containsExactly(16, 16, 16);
    // A chain that is reached with a chance below 1 % is left to wait.
    assertThat(granted(choice, 16, 0.3)).containsExactly(3);
  }

  @Test
  void judgesNothingWhenRowsAreAllThereIs() {
    DraftChoice choice = choice(rows -> 1e6 * rows);
    assertThat(granted(choice, 16, sessions(8, 0.95))).containsOnly(0);
  }

  @Test
  void judgesFewerTheMoreSessionsShareTheDevice() {
    // 10 ms and 0.5 ms per row: alone a draft costs a twentieth of a step.
    IntToDoubleFunction curve = rows -> 1e7 + 5e5 * rows;
    int before = Integer.MAX_VALUE;
    for (int sessions : new int[] {1, 2, 4, 8, 16}) {
      int[] granted = granted(choice(curve), 16, sessions(sessions, 0.6));
      int depth = granted[0];
      assertThat(depth).isLessThanOrEqualTo(before).isPositive();
      before = depth;
    }
    assertThat(before).isLessThan(granted(choice(curve), 16, 0.6)[0]);
    // Sixty-four rows of sessions alone fill the step.
    assertThat(granted(choice(curve), 16, sessions(64, 0.6))).containsOnly(0);
  }

  @Test
  void prefersTheDraftsThatAreLikelierToBeRight() {
    int[] granted = granted(choice(rows -> 1e7 + 1e6 * rows), 16, 0.9, 0.5, 0, 0.7);
    assertThat(granted[0]).isGreaterThan(granted[3]);
    assertThat(granted[3]).isGreaterThanOrEqualTo(granted[1]);
    assertThat(granted[1]).isPositive();
    assertThat(granted[2]).isZero();
  }

  @Test
  void fillsABlockThatHasBegun() {
    IntToDoubleFunction blocks = rows -> 4e6 * ((rows + 3) / 4);
    assertThat(granted(choice(blocks), 16, 0.5)).containsExactly(3);
  }

  @Test
  void isTheBestOfAllChoicesForOneStep() {
    Random random = new Random(11);
    for (int round = 0; round < 200; round++) {
      double floor = random.nextInt(100) * 1e5 + 1e5;
      double slope = random.nextInt(100) * 1e4;
      StepTimes times = times(rows -> floor + slope * ((rows + 1) / 2));
      double a = random.nextDouble();
      double b = random.nextDouble();
      int[] granted = granted(new DraftChoice(times), 6, a, b);
      double best = 0;
      for (int i = 0; i <= 6; i++) {
        for (int j = 0; j <= 6; j++) {
          best = Math.max(best, (2 + sum(a, i) + sum(b, j)) / times.nanos(2 + i + j));
        }
      }
      double chosen =
          (2 + sum(a, granted[0]) + sum(b, granted[1])) / times.nanos(2 + granted[0] + granted[1]);
      // Chains below 1 % are not looked at.
      assertThat(chosen).isGreaterThan(0.98 * best).isGreaterThanOrEqualTo(2 / times.nanos(2));
    }
  }

  private static double sum(double alpha, int drafts) {
    double sum = 0;
    for (int i = 1; i <= drafts; i++) {
      sum += Math.pow(alpha, i);
    }
    return sum;
  }

  @Test
  void judgesDeeperWhileTheEngineMakesLittle() {
    IntToDoubleFunction curve = rows -> 1e7 + 2e6 * rows;
    DraftChoice choice = choice(curve);
    int busy = granted(choice, 16, 0.8)[0];
    for (int step = 0; step < 100; step++) {
      choice.ended(1, 12_000_000, 40_000_000);
    }
    assertThat(granted(choice, 16, 0.8)[0]).isGreaterThan(busy);
  }

  @Test
  void rowsOfPromptsDoNotMakeDraftsLookCheap() {
    DraftChoice choice = choice(rows -> 1e7 + 1e6 * rows);
    int[] alone = granted(choice, 16, sessions(4, 0.7));
    choice.begin(MOST);
    choice.always(30, false);
    for (int i = 0; i < 4; i++) {
      choice.always(1, true);
      choice.offer(16, 0.7);
    }
    choice.settle();
    for (int i = 0; i < 4; i++) {
      assertThat(choice.granted(i)).isEqualTo(alone[i]);
    }
  }

  @Test
  void keepsToTheRowBudget() {
    DraftChoice choice = choice(rows -> 1e7);
    choice.begin(10);
    for (int i = 0; i < 8; i++) {
      choice.always(1, true);
      choice.offer(4, 0.9);
    }
    choice.settle();
    int sum = 0;
    for (int i = 0; i < 8; i++) {
      sum += choice.granted(i);
    }
    assertThat(sum).isEqualTo(2);
  }
}
