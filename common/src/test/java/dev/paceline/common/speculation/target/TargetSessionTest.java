package dev.paceline.common.speculation.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of the server's session one by one; the simulator tests them together. */
class TargetSessionTest {
  private static final long STEP = 10_000_000;

  private final Recorder actions = new Recorder();
  private final SessionLimits limits = new SessionLimits(64, 16, 32);

  @Test
  void prefillsInChunksAndTheLastChunkPicks() {
    TargetSession session = session(DecodeMode.STREAM, 5, 8);
    session.start(1, 0);
    assertThat(actions.opened.get(0).cachedPrefix()).isEqualTo(1);
    Work first = take(session, 3);
    assertThat(first.kind()).isEqualTo(WorkKind.PREFILL);
    assertThat(first.start()).isEqualTo(1);
    assertThat(first.tokens()).containsExactly(101, 102, 103);
    assertThat(first.picks()).isZero();
    done(session);
    Work second = take(session, 3);
    assertThat(second.start()).isEqualTo(4);
    assertThat(second.picks()).isEqualTo(1);
    assertThat(second.firstPick()).isEqualTo(5);
    done(session, 7);
    assertThat(actions.verdict().ids()).containsExactly(7);
    assertThat(actions.verdict().firstPosition()).isEqualTo(5);
    assertThat(actions.verdict().accepted()).isZero();
  }

  @Test
  void verifiesWhatHasArrivedAndRejectsTheRest() {
    TargetSession session = decoding(DecodeMode.STREAM);
    session.draft(new DraftFrame(0, 6, new int[] {8, 9, 99, 11}), 0);
    Work work = take(session, 16);
    assertThat(work.kind()).isEqualTo(WorkKind.VERIFY);
    assertThat(work.tokens()).containsExactly(7, 8, 9, 99, 11);
    assertThat(work.start()).isEqualTo(5);
    assertThat(work.drafts()).containsExactly(8, 9, 99, 11);
    done(session, 8, 9, 10, -1, -1);
    VerdictFrame verdict = actions.verdict();
    assertThat(verdict.ids()).containsExactly(8, 9, 10);
    assertThat(verdict.accepted()).isEqualTo(2);
    assertThat(verdict.drafted()).isEqualTo(4);
    assertThat(verdict.epoch()).isEqualTo(1);
    Work next = take(session, 16);
    assertThat(next.start()).isEqualTo(8);
    assertThat(next.tokens()).containsExactly(10);
  }

  @Test
  void dropsStaleEpochsAndAdoptsNewerOnes() {
    TargetSession session = decoding(DecodeMode.STREAM);
    session.draft(new DraftFrame(3, 6, new int[] {8, 9}), 0);
    session.draft(new DraftFrame(2, 6, new int[] {50, 51, 52}), 0);
    assertThat(take(session, 16).drafts()).containsExactly(8, 9);
    done(session, 8, 9, 10);
    assertThat(actions.verdict().epoch()).isEqualTo(3);
    session.cancel(0);
    assertThat(actions.finished().statistics().staleDropped()).isEqualTo(3);
  }

  @Test
  void lateDraftsThatAgreeAreSkippedAndTheirTailIsUsed() {
    TargetSession session = decoding(DecodeMode.STREAM);
    take(session, 16);
    done(session, 8);
    session.draft(new DraftFrame(0, 6, new int[] {8, 9, 10}), 0);
    assertThat(take(session, 16).drafts()).containsExactly(9, 10);
  }

  @Test
  void lateDraftThatDiffersOpensAnEpoch() {
    TargetSession session = decoding(DecodeMode.STREAM);
    take(session, 16);
    done(session, 8);
    session.draft(new DraftFrame(0, 6, new int[] {9, 10}), 0);
    session.draft(new DraftFrame(0, 8, new int[] {11}), 0);
    assertThat(take(session, 16).drafts()).isEmpty();
    done(session, 9);
    assertThat(actions.verdict().epoch()).isEqualTo(1);
  }

  @Test
  void gapsAndHugePositionsAreDropped() {
    TargetSession session = decoding(DecodeMode.STREAM);
    session.draft(new DraftFrame(0, 7, new int[] {9}), 0);
    session.draft(new DraftFrame(0, Integer.MAX_VALUE, new int[] {9, 9}), 0);
    session.draft(new DraftFrame(0, 6, new int[] {8}), 0);
    assertThat(take(session, 16).drafts()).containsExactly(8);
  }

  @Test
  void draftsDuringAStepAreReconciledWithItsOutput() {
    TargetSession session = decoding(DecodeMode.STREAM);
    session.draft(new DraftFrame(0, 6, new int[] {8}), 0);
    take(session, 16);
    session.draft(new DraftFrame(0, 7, new int[] {9, 10}), 0);
    done(session, 8, 9);
    assertThat(actions.verdict().epoch()).isZero();
    assertThat(take(session, 16).drafts()).containsExactly(10);
  }

  @Test
  void syncWaitsForTheBlockAndDecodesOneWhenAsked() {
    TargetSession session = session(DecodeMode.SYNC, 6, 8);
    session.start(0, 0);
    assertThat(take(session, 16).picks()).isZero();
    done(session);
    assertThat(session.takeWork(16, 0)).isNull();
    session.draft(new DraftFrame(0, 6, new int[] {8, 9}), 0);
    assertThat(take(session, 16).drafts()).containsExactly(8, 9);
    done(session, 8, 9, 10);
    session.draft(new DraftFrame(0, 6, new int[] {8, 9}), 0);
    assertThat(session.takeWork(16, 0)).isNull();
    session.draft(new DraftFrame(0, 9, new int[] {}), 0);
    assertThat(take(session, 16).drafts()).isEmpty();
    done(session, 11);
    assertThat(session.takeWork(16, 0)).isNull();
  }

  @Test
  void endsAtStopLengthAndContext() {
    TargetSession stop = decoding(DecodeMode.STREAM);
    stop.draft(new DraftFrame(0, 6, new int[] {8, 2, 9}), 0);
    take(stop, 16);
    done(stop, 8, 2, 9, 10);
    assertThat(actions.verdict().ids()).containsExactly(8, 2);
    assertThat(actions.verdict().accepted()).isEqualTo(2);
    assertThat(actions.finished().reason()).isEqualTo(FinishReason.STOP);
    assertThat(actions.finished().outputTokens()).isEqualTo(3);
    assertThat(actions.released).isEqualTo(1);

    TargetSession length = session(DecodeMode.STREAM, 5, 3);
    length.start(0, 0);
    length.draft(new DraftFrame(0, 5, new int[] {7, 8, 9, 10}), 0);
    assertThat(take(length, 16).picks()).isEqualTo(3);
    done(length, 7, 8, 9);
    assertThat(actions.finished().reason()).isEqualTo(FinishReason.LENGTH);

    TargetSession context = session(DecodeMode.STREAM, 63, 3);
    context.start(62, 0);
    context.draft(new DraftFrame(0, 63, new int[] {7, 8}), 0);
    assertThat(take(context, 16).picks()).isEqualTo(1);
    done(context, 7);
    assertThat(actions.finished().reason()).isEqualTo(FinishReason.CONTEXT);
  }

  /** A client whose first draft is right and comes 5 ms after each verdict; steps take 100 ms. */
  @Test
  void holdsForADraftThatIsDueAndDecodesAloneWhenItDoesNotCome() {
    TargetSession session = decoding(DecodeMode.STREAM);
    long now = 0;
    for (int i = 0; actions.wake <= now; i++) {
      assertThat(i).as("it never holds").isLessThan(12);
      now += 5_000_000;
      session.draft(new DraftFrame(i, 6 + 2 * i, new int[] {50, 99}), now);
      assertThat(session.takeWork(16, now)).isNotNull();
      now += 100_000_000;
      session.stepDone(new int[] {50, 51, 52}, 100_000_000, 0, now);
    }
    assertThat(session.takeWork(16, now)).isNull();
    session.tick(actions.wake - 1);
    assertThat(session.takeWork(16, now)).isNull();
    session.tick(actions.wake);
    Work alone = take(session, 16);
    assertThat(alone.kind()).isEqualTo(WorkKind.SELF_ADVANCE);
    assertThat(alone.picks()).isEqualTo(1);
  }

  @Test
  void cancelDuringAStepReleasesTheSlotAfterIt() {
    TargetSession session = decoding(DecodeMode.STREAM);
    take(session, 16);
    session.cancel(0);
    assertThat(actions.finished().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(actions.released).isZero();
    done(session, 8);
    assertThat(actions.released).isEqualTo(1);
    session.disconnected(0);
    assertThat(actions.released).isEqualTo(1);
  }

  private TargetSession session(DecodeMode mode, int promptLength, int maxTokens) {
    int[] prompt = new int[promptLength];
    for (int i = 0; i < promptLength; i++) {
      prompt[i] = 100 + i;
    }
    OpenFrame open =
        new OpenFrame(
            "m",
            new byte[0],
            prompt,
            new int[0],
            SamplingParams.GREEDY,
            maxTokens,
            new int[] {2},
            mode,
            VerificationMode.COUPLED,
            "s");
    return new TargetSession(open, limits, "m", actions);
  }

  /** Five prompt tokens, and token 7 at position 5. */
  private TargetSession decoding(DecodeMode mode) {
    TargetSession session = session(mode, 5, 32);
    session.start(0, 0);
    take(session, 16);
    done(session, 7);
    return session;
  }

  private static Work take(TargetSession session, int maxRows) {
    Work work = session.takeWork(maxRows, 0);
    if (work == null) {
      throw new AssertionError("no work");
    }
    return work;
  }

  private static void done(TargetSession session, int... picks) {
    session.stepDone(picks, STEP, 0, 0);
  }

  private static final class Recorder implements TargetActions {
    final List<OpenedFrame> opened = new ArrayList<>();
    private @Nullable VerdictFrame verdict;
    private @Nullable FinishedFrame finished;
    int released;
    long wake;

    VerdictFrame verdict() {
      if (verdict == null) {
        throw new AssertionError("no verdict");
      }
      return verdict;
    }

    FinishedFrame finished() {
      if (finished == null) {
        throw new AssertionError("not finished");
      }
      return finished;
    }

    @Override
    public void workReady(WorkKind kind) {}

    @Override
    public void workWithdrawn() {}

    @Override
    public void wakeAt(long nanos) {
      wake = nanos;
    }

    @Override
    public void sendOpened(OpenedFrame frame) {
      opened.add(frame);
    }

    @Override
    public void sendVerdict(VerdictFrame frame) {
      verdict = frame;
    }

    @Override
    public void sendFinished(FinishedFrame frame) {
      finished = frame;
    }

    @Override
    public void release(int[] tokens, int computed) {
      released++;
    }
  }
}
