package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.TokenSequence;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The server's epoch rules, hostile clients included. */
class PendingDraftsTest {
  private final TokenSequence known = new TokenSequence(new int[] {1, 2, 3});
  private final PendingDrafts pending = new PendingDrafts(known, 4);

  @Test
  void aNewerEpochReplacesWhatWaits() {
    assertThat(offer(0, 3, 10, 11)).isZero();
    assertThat(offer(5, 3, 20)).isZero();
    assertThat(pending.epoch()).isEqualTo(5);
    assertThat(pending.count()).isEqualTo(1);
    assertThat(pending.get(0)).isEqualTo(20);
  }

  @Test
  void anOlderEpochIsDropped() {
    offer(5, 3, 20);
    assertThat(offer(4, 4, 21, 22)).isEqualTo(2);
    assertThat(pending.count()).isEqualTo(1);
  }

  @Test
  void theLimitHolds() {
    assertThat(offer(0, 3, 10, 11, 12, 13, 14, 15)).isEqualTo(2);
    assertThat(pending.count()).isEqualTo(4);
  }

  @Test
  void repeatedDraftsAreSkippedAndOtherOnesForTheSamePlaceAreDropped() {
    offer(0, 3, 10, 11);
    assertThat(offer(0, 3, 10, 11, 12)).isZero();
    assertThat(offer(0, 4, 99, 12)).isEqualTo(2);
    assertThat(pending.count()).isEqualTo(3);
    assertThat(pending.epoch()).isZero();
  }

  @Test
  void contradictionsInThePromptOpenAnEpochToo() {
    assertThat(offer(0, 1, 2, 4, 5)).isEqualTo(2);
    assertThat(pending.epoch()).isEqualTo(1);
  }

  @Test
  void aTokenThatDiffersFromTheFirstDraftDropsTheChain() {
    offer(0, 3, 10, 11);
    assertThat(pending.commit(10)).isZero();
    assertThat(pending.count()).isEqualTo(1);
    assertThat(pending.commit(99)).isEqualTo(1);
    assertThat(pending.count()).isZero();
    assertThat(pending.epoch()).isEqualTo(1);
  }

  /** Any frames at all: the run stays within its limit, and the epoch never goes back. */
  @Test
  void survivesAnything() {
    Random random = new Random(1);
    for (int i = 0; i < 100_000; i++) {
      int epoch = pending.epoch();
      int huge = random.nextInt(20) == 0 ? Integer.MAX_VALUE : 0;
      int[] ids = random.ints(random.nextInt(8), 0, 3).toArray();
      int position = huge == 0 ? random.nextInt(known.length() + 8) : huge;
      int dropped = offer(Math.max(0, epoch + random.nextInt(3) - 1), position, ids);
      assertThat(dropped).isBetween(0, ids.length);
      assertThat(pending.count()).isBetween(0, 4);
      assertThat(pending.epoch()).isGreaterThanOrEqualTo(epoch);
      if (random.nextInt(50) == 0) {
        pending.commit(random.nextInt(3));
      }
    }
  }

  private int offer(int epoch, int position, int... ids) {
    return pending.offer(new DraftFrame(epoch, position, ids));
  }
}
