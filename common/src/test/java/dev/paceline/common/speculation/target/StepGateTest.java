package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class StepGateTest {
  private static final long MS = 1_000_000;
  private static final long STEP = 100 * MS;

  /** What one session of the scenario puts out, in tokens per nanosecond. */
  private static final double RATE = 2.0 / (105 * MS);

  private final StepGate gate = new StepGate();
  private long now;

  /** A session that holds for a draft which comes 5 ms after each verdict. */
  private TargetSession holding() {
    TargetSession session =
        new TargetSession(
            new OpenFrame(
                "",
                new byte[0],
                new int[] {1},
                new int[0],
                SamplingParams.GREEDY,
                60,
                new int[0],
                DecodeMode.STREAM,
                VerificationMode.COUPLED,
                "s"),
            new SessionLimits(64, 8, 64),
            "model",
            new Nothing());
    session.start(0, now);
    for (int i = 0; !session.holds(); i++) {
      assertThat(i).as("it never holds").isLessThan(20);
      now += 5 * MS;
      session.draft(new DraftFrame(i, 1 + 2 * i, new int[] {50, 99}), now);
      assertThat(session.takeWork(16, now)).isNotNull();
      now += STEP;
      session.stepDone(new int[] {50, 51, 52}, STEP, 0, now);
    }
    return session;
  }

  @Test
  void startsAtOnceWhenNobodyHolds() {
    assertThat(gate.waitNanos(List.of(), RATE, STEP, 0)).isZero();
  }

  @Test
  void waitsForADraftThatIsAboutToComeAndNotForOneThatIsNotWorthIt() {
    TargetSession session = holding();
    long wait = gate.waitNanos(List.of(session), RATE, STEP, now);
    assertThat(wait).isBetween(4 * MS, STEP / 4);
    // Fifty others would stand still for it.
    assertThat(new StepGate().waitNanos(List.of(session), 50 * RATE, STEP, now)).isZero();
    // A draft that comes when a quarter of the step is over is too late.
    assertThat(new StepGate().waitNanos(List.of(session), RATE, 8 * MS, now)).isZero();
  }

  @Test
  void neverKeepsAnybodyWaitingForMoreThanAQuarterOfAStep() {
    TargetSession session = holding();
    long start = now;
    long waited = 0;
    for (int i = 0; i < 1000; i++) {
      long wait = gate.waitNanos(List.of(session), RATE / 1000, STEP, now);
      if (wait == 0) {
        break;
      }
      now += wait;
      waited = now - start;
    }
    assertThat(waited).isPositive().isLessThanOrEqualTo(STEP / 4 + 1);
    assertThat(gate.waitNanos(List.of(), RATE, STEP, now)).isZero();
  }

  @Test
  void whoeverHoldsCanJoinTheStepThatStarts() {
    TargetSession session = holding();
    session.join(now);
    assertThat(session.holds()).isFalse();
    Work work = Objects.requireNonNull(session.takeWork(16, now));
    assertThat(work.kind()).isEqualTo(WorkKind.SELF_ADVANCE);
  }

  /** Surroundings that take no notice. */
  private static final class Nothing implements TargetActions {
    @Override
    public void workReady(WorkKind kind) {}

    @Override
    public void workWithdrawn() {}

    @Override
    public void wakeAt(long nanos) {}

    @Override
    public void sendOpened(OpenedFrame frame) {}

    @Override
    public void sendVerdict(VerdictFrame frame) {}

    @Override
    public void sendFinished(FinishedFrame frame) {}

    @Override
    public void release(int[] tokens, int computed) {}
  }
}
