package dev.paceline.common.speculation.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.VerdictFrame;
import org.junit.jupiter.api.Test;

class SpeedRatioTest {
  private static final long MS = 1_000_000;

  private final SpeedRatio ratio = new SpeedRatio();

  @Test
  void isTheRatioOfDraftAndOneRowSpeeds() {
    draft(10 * MS);
    verdict(false, 40 * MS);
    verdict(false, 40 * MS);
    assertThat(ratio.window()).isEqualTo(4);
  }

  /** Or a long block would make the next one longer. */
  @Test
  void passesOverABlockDoNotCount() {
    draft(10 * MS);
    verdict(false, 40 * MS);
    verdict(false, 40 * MS);
    verdict(true, 40 * MS);
    for (int i = 0; i < 50; i++) {
      verdict(true, 400 * MS);
    }
    assertThat(ratio.window()).isEqualTo(4);
  }

  @Test
  void aDraftThatFirstCatchesUpDoesNotCount() {
    draft(10 * MS);
    ratio.asked(9, 0);
    ratio.drafted(1, 7, -1f, 0, true, 500 * MS);
    verdict(false, 40 * MS);
    verdict(false, 40 * MS);
    assertThat(ratio.window()).isEqualTo(4);
  }

  @Test
  void isAtLeastOne() {
    draft(80 * MS);
    verdict(false, 8 * MS);
    verdict(false, 8 * MS);
    assertThat(ratio.window()).isEqualTo(1);
  }

  private void draft(long nanos) {
    ratio.asked(1, 0);
    ratio.drafted(1, 7, -1f, 0, true, nanos);
  }

  private void verdict(boolean allAccepted, long stepNanos) {
    int[] ids = {1, 2};
    int accepted = allAccepted ? 2 : 1;
    ratio.verdict(new VerdictFrame(0, 5, accepted, 2, ids, stepNanos, 0, 1), 0);
  }
}
