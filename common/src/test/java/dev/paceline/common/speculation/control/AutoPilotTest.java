package dev.paceline.common.speculation.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.energy.EnergyModel;
import dev.paceline.common.energy.PowerState;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.VerdictFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the pilot makes of what it is told, without a session around it. */
class AutoPilotTest {
  private static final long MS = 1_000_000;
  private static final int FRAME_BYTES = 42;

  private final List<Decision> decisions = new ArrayList<>();
  private double uplink;
  private AutoPilot pilot =
      new AutoPilot(new ControlOptions(() -> 0, () -> 0, () -> uplink, decisions::add));
  private long now;
  private int position = 10;

  /** One draft, sent and judged right, with these times. */
  private void accepted(long draft, long rtt, long step, int advice) {
    pilot.asked(1, now);
    now += draft * MS;
    pilot.drafted(position, 7, -0.2f, 0, true, now);
    pilot.sent(new DraftFrame(0, position, new int[] {7}), FRAME_BYTES, now);
    now += (rtt + step) * MS;
    pilot.verdict(new VerdictFrame(0, position, 1, 1, new int[] {7, 8}, step * MS, 0, advice), now);
    position += 2;
  }

  @Test
  void draftsAheadBeforeItKnowsAnything() {
    assertThat(pilot.window()).isPositive();
    assertThat(pilot.draftOn(10, 10, 0)).isTrue();
    assertThat(pilot.draftOn(10, 26, 0)).as("behind sixteen unknown drafts").isFalse();
  }

  /** A chain that is probably wrong is not continued by a draft that outlasts the verdict. */
  @Test
  void waitsForTheVerdictRatherThanBeLateForTheNextChain() {
    for (int i = 0; i < 20; i++) {
      accepted(10, 50, 100, 0);
    }
    int end = position + 45;
    for (int i = position; i < end; i++) {
      pilot.drafted(i, 7, -1.5f, i - position, true, now);
      pilot.sent(new DraftFrame(0, i, new int[] {7}), FRAME_BYTES, now);
    }
    assertThat(pilot.draftOn(position, position + 2, now + 145 * MS)).as("likely right").isTrue();
    assertThat(pilot.draftOn(position, end, now + 135 * MS)).as("done before it").isTrue();
    assertThat(pilot.draftOn(position, end, now + 145 * MS)).as("still made then").isFalse();
  }

  /** A server that drafts a token in a tenth of the client's time is left to it, and told so. */
  @Test
  void leavesDraftingToAServerThatIsMuchFaster() {
    for (int i = 0; i < 4; i++) {
      accepted(30, 50, 100, 0);
    }
    assertThat(pilot.window()).isPositive();
    assertThat(pilot.handsOver()).isFalse();
    VerdictFrame offer = new VerdictFrame(0, position, 0, 0, new int[] {7}, 100 * MS, 0, 0);
    pilot.verdict(offer.withOwnDraft(3 * MS), now);
    assertThat(pilot.window()).isZero();
    assertThat(pilot.handsOver()).isTrue();
    // Another server, which says nothing of that.
    pilot.opening(100, now);
    assertThat(pilot.handsOver()).isFalse();
  }

  @Test
  void theTraceShowsTheUplinkThatIsShaped() {
    pilot.uplink(64_000);
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 0);
    }
    assertThat(decisions).isNotEmpty();
    assertThat(decisions.get(0).uplinkBytesPerSecond()).isEqualTo(8_000);
    assertThat(decisions.get(0).toString()).contains("uplink 64 kbit/s");
    uplink = 1_000;
    for (int i = 0; i < 60; i++) {
      accepted(200, 50, 100, 0);
    }
    assertThat(decisions.get(decisions.size() - 1).uplinkBytesPerSecond())
        .as("a link that is thinner than the shaping")
        .isEqualTo(1_000);
  }

  @Test
  void opensTheWindowForAFastDraftAndClosesItForASlowOne() {
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 0);
    }
    int fast = pilot.window();
    for (int i = 0; i < 60; i++) {
      accepted(200, 50, 100, 0);
    }
    assertThat(fast).isGreaterThan(15);
    assertThat(pilot.window()).isZero();
    for (int i = 0; i < 60; i++) {
      accepted(10, 50, 100, 0);
    }
    assertThat(pilot.window()).isGreaterThan(15);
  }

  @Test
  void heedsTheServersAdvice() {
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 1 + 3);
      assertThat(pilot.window()).as("at most six times the advice").isBetween(1, 18);
    }
    accepted(10, 50, 100, 1);
    assertThat(pilot.window()).as("draft nothing now").isZero();
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 0);
    }
    assertThat(pilot.window()).isGreaterThan(3);
  }

  @Test
  void aWeakBatteryShortensTheWindowAndAnEmptyOneHandsDraftingOver() {
    PowerState[] state = {PowerState.onBattery(0.9)};
    AutoPilot frugal =
        new AutoPilot(
            ControlOptions.DEFAULT
                .withEnergy(new EnergyModel(0, 0, 0), () -> state[0])
                .withTrace(decisions::add));
    pilot = frugal;
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 0);
    }
    int full = frugal.window();
    state[0] = PowerState.onBattery(0.15);
    accepted(10, 50, 100, 0);
    assertThat(frugal.window()).isBetween(1, full / 2);
    assertThat(decisions.get(decisions.size() - 1).reason()).isEqualTo("battery 15 %");
    state[0] = PowerState.onBattery(0.05);
    accepted(10, 50, 100, 0);
    assertThat(frugal.window()).isZero();
    state[0] = new PowerState(0.05, true, PowerState.Heat.NORMAL);
    accepted(10, 50, 100, 0);
    assertThat(frugal.window()).as("on mains").isEqualTo(full);
    state[0] = new PowerState(1, true, PowerState.Heat.CRITICAL);
    accepted(10, 50, 100, 0);
    assertThat(frugal.window()).as("too hot").isZero();
  }

  @Test
  void anEmptyBatteryDraftsNothingFromTheStart() {
    PowerState[] state = {PowerState.onBattery(0.05)};
    AutoPilot frugal =
        new AutoPilot(ControlOptions.DEFAULT.withEnergy(new EnergyModel(0, 0, 0), () -> state[0]));
    assertThat(frugal.window()).isZero();
    state[0] = PowerState.onBattery(0.8);
    frugal.verdict(new VerdictFrame(0, 10, 0, 0, new int[] {7}, 100 * MS, 0, 0), 100 * MS);
    assertThat(frugal.window()).isPositive();
  }

  @Test
  void keepsFramesBackWhileTheUplinkIsBusy() {
    uplink = 2000;
    pilot.sent(new DraftFrame(0, 10, new int[] {7}), FRAME_BYTES, 0);
    assertThat(pilot.sendNow(1, 20 * MS)).isFalse();
    assertThat(pilot.sendNow(1, 21 * MS)).isTrue();
    uplink = 1e6;
    pilot.sent(new DraftFrame(0, 11, new int[] {7}), FRAME_BYTES, 21 * MS);
    assertThat(pilot.sendNow(1, 22 * MS)).isTrue();
  }

  /** Frames of 42 bytes every 10 ms over 8 kbit/s, which would take 42 ms each. */
  @Test
  void keepsFramesBackOnceTheyPileUpInTheLink() {
    for (int i = 0; i < 3; i++) {
      accepted(10, 50, 100, 0);
    }
    assertThat(pilot.sendNow(1, now)).isTrue();
    long linkFree = now;
    for (int i = 0; i < 40; i++) {
      now += 10 * MS;
      pilot.asked(1, now - 10 * MS);
      pilot.drafted(position + i, 7, -0.2f, i, true, now);
      pilot.sent(new DraftFrame(0, position + i, new int[] {7}), FRAME_BYTES, now);
      linkFree = Math.max(linkFree, now) + 42 * MS;
    }
    int[] ids = new int[40];
    Arrays.fill(ids, 7);
    now = linkFree + (50 + 100) * MS;
    pilot.verdict(new VerdictFrame(0, position, 40, 40, ids, 100 * MS, 0, 0), now);
    position += 40;
    pilot.sent(new DraftFrame(0, position, new int[] {7}), FRAME_BYTES, now);
    assertThat(pilot.sendNow(1, now + 30 * MS)).isFalse();
    assertThat(pilot.sendNow(1, now + 60 * MS)).isTrue();
    pilot.opening(100, now + 60 * MS);
    pilot.sent(new DraftFrame(0, position, new int[] {7}), FRAME_BYTES, now + 60 * MS);
    assertThat(pilot.sendNow(1, now + 60 * MS)).as("another link").isTrue();
  }

  @Test
  void measuresTheLinkWithoutTheServersTime() {
    pilot.opening(100, 0);
    now = 80 * MS;
    pilot.opened(now);
    for (int i = 0; i < 20; i++) {
      accepted(10, 30, 100, 0);
    }
    Conditions last = decisions.get(decisions.size() - 1).conditions();
    assertThat(last.rttNanos()).isEqualTo(30.0 * MS);
    assertThat(last.stepNanos()).isEqualTo(100.0 * MS);
    assertThat(last.draftNanos()).isEqualTo(10.0 * MS);
  }

  @Test
  void saysWhatItDecidedAndWhy() {
    for (int i = 0; i < 10; i++) {
      accepted(10, 50, 100, 0);
    }
    assertThat(decisions).isNotEmpty();
    Decision last = decisions.get(decisions.size() - 1);
    assertThat(last.window()).isEqualTo(pilot.window());
    assertThat(last.toString())
        .contains("window " + pilot.window(), "draft 10.0 ms", "rtt 50.0 ms", "step 100.0 ms");
    int before = decisions.size();
    accepted(10, 50, 100, 0);
    assertThat(decisions).as("nothing changed").hasSize(before);
  }
}
