package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HoldRuleTest {
  private static final long MS = 1_000_000;

  private final Acceptance acceptance = new Acceptance();
  private final HoldRule rule = new HoldRule(acceptance);

  @Test
  void neverHoldsBeforeItKnowsAnything() {
    assertThat(rule.until(0)).isZero();
    rule.stepped(10 * MS, 1, 0, 10 * MS);
    rule.stepped(10 * MS, 1, 0, 20 * MS);
    assertThat(rule.until(20 * MS)).isEqualTo(20 * MS);
  }

  @Test
  void holdsForADraftThatIsAboutToCome() {
    long now = usefulClient(100 * MS, 20 * MS);
    long until = rule.until(now);
    assertThat(until).isGreaterThanOrEqualTo(now + 20 * MS).isLessThanOrEqualTo(now + 100 * MS);
  }

  @Test
  void doesNotHoldWhenADraftIsFurtherAwayThanAStep() {
    long now = usefulClient(10 * MS, 20 * MS);
    assertThat(rule.until(now)).isEqualTo(now);
  }

  @Test
  void doesNotHoldForAClientThatIsAlwaysWrong() {
    long now = usefulClient(100 * MS, 20 * MS);
    for (int i = 0; i < 60; i++) {
      acceptance.judged(1, 0);
    }
    assertThat(rule.until(now)).isEqualTo(now);
  }

  @Test
  void afterAHoldInVainThereIsNoneBeforeADraftWasOfUse() {
    long now = usefulClient(100 * MS, 20 * MS);
    rule.inVain();
    assertThat(rule.until(now)).isEqualTo(now);
    rule.useful(1, now);
    rule.arrivals().chainOpened(now);
    assertThat(rule.until(now)).isGreaterThan(now);
  }

  /** Random clients: the time held never exceeds the time saved plus one step. */
  @Test
  void heldTimeIsBoundedBySavedTime() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Acceptance chance = new Acceptance();
      HoldRule any = new HoldRule(chance);
      long step = (1 + random.nextInt(100)) * MS;
      long now = 0;
      long held = 0;
      long saved = 0;
      any.arrivals().chainOpened(now);
      for (int i = 0; i < 300; i++) {
        long until = any.until(now);
        if (until > now) {
          boolean comes = random.nextInt(3) == 0;
          long lasted = comes ? (long) (random.nextDouble() * (until - now)) : until - now;
          held += lasted;
          now += lasted;
          any.held(lasted);
          if (!comes) {
            any.inVain();
          }
        }
        if (random.nextInt(2) == 0) {
          any.useful(1 + random.nextInt(3), now);
        }
        int accepted = random.nextInt(8) == 0 ? random.nextInt(4) : 0;
        int judged = accepted + random.nextInt(2);
        now += step;
        chance.judged(judged, accepted);
        any.stepped(step, accepted + 1, accepted, now);
        saved += accepted * step;
        if (random.nextBoolean()) {
          any.arrivals().chainOpened(now);
        }
        assertThat(held).as("seed %d", seed).isLessThanOrEqualTo(saved + step + 1000);
      }
    }
  }

  /** A client whose first draft comes a turnaround after each epoch and whose drafts are right. */
  private long usefulClient(long step, long turnaround) {
    long now = 0;
    rule.arrivals().chainOpened(now);
    for (int i = 0; i < 30; i++) {
      now += turnaround;
      rule.useful(1, now);
      now += step;
      acceptance.judged(2, 1);
      rule.stepped(step, 2, 1, now);
      rule.arrivals().chainOpened(now);
    }
    return now;
  }
}
