package dev.paceline.common.speculation.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.verification.VerificationMode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of the client's session one by one; the simulator tests them together. */
class DraftSessionTest {
  private static final long MS = 1_000_000;

  private final Recorder actions = new Recorder();

  @Test
  void draftsWhileItConnectsAndSendsEverythingAfterTheRequest() {
    DraftSession session = session(DecodeMode.STREAM, 4, 8);
    session.start(0);
    assertThat(actions.connects).containsExactly(0L);
    draft(session, 50);
    draft(session, 51);
    assertThat(actions.drafts).isEmpty();
    session.connectionReady(MS);
    assertThat(actions.opens).hasSize(1);
    assertThat(actions.drafts.get(0).position()).isEqualTo(3);
    assertThat(actions.drafts.get(0).ids()).containsExactly(50, 51);
  }

  @Test
  void aRequestKeepsTheCacheAndFeedsWhatIsMissing() {
    DraftSession session = opened(DecodeMode.STREAM, 4, 8);
    assertThat(actions.request().keep()).isZero();
    assertThat(actions.request().feed()).containsExactly(1, 2, 3);
    draft(session, 50);
    assertThat(actions.request().keep()).isEqualTo(3);
    assertThat(actions.request().feed()).containsExactly(50);
    draft(session, 51);
    session.verdict(verdict(1, 3, 0, 60), MS);
    draft(session, 52);
    assertThat(actions.request().position()).isEqualTo(4);
    assertThat(actions.request().keep()).isEqualTo(3);
    assertThat(actions.request().feed()).containsExactly(60);
  }

  @Test
  void stopsAtTheWindowAndGoesOnAfterAVerdict() {
    DraftSession session = opened(DecodeMode.STREAM, 2, 8);
    draft(session, 50);
    draft(session, 51);
    assertThat(actions.request).isNull();
    session.verdict(verdict(0, 3, 1, 50), MS);
    assertThat(actions.request().position()).isEqualTo(5);
  }

  @Test
  void automaticControlSharesFramesOnAThinLinkAndKeepsNothingBack() {
    DraftOptions options =
        DraftOptions.withWindow(16)
            .withControl(new ControlOptions(() -> 0, () -> 0, () -> 2000, decision -> {}));
    DraftSession session = new DraftSession(request(DecodeMode.STREAM, 30), options, actions);
    session.start(0);
    session.connectionReady(MS);
    session.opened(new OpenedFrame(0, 0, new SessionLimits(64, 16, 32), "m", "s"), MS);
    // A frame takes the link 21 ms and a draft 10 ms: three drafts share every frame but the first.
    long now = MS;
    for (int i = 0; i < 7; i++) {
      now = draftAt(session, 50 + i, now);
    }
    assertThat(actions.drafts).extracting(frame -> frame.ids().length).containsExactly(1, 3, 3);
    int last = 0;
    while (actions.request != null) {
      now = draftAt(session, 70 + last++, now);
    }
    int sent = actions.drafts.stream().mapToInt(frame -> frame.ids().length).sum();
    assertThat(sent).as("nothing waits for drafts that do not come").isEqualTo(session.inFlight());
  }

  private long draftAt(DraftSession session, int id, long now) {
    DraftRequest request = actions.request();
    actions.request = null;
    session.drafted(request, id, -0.05f, now + 10 * MS);
    return now + 10 * MS;
  }

  @Test
  void aContradictionOpensAnEpochAndRollsBack() {
    DraftSession session = opened(DecodeMode.STREAM, 8, 8);
    draft(session, 50);
    draft(session, 51);
    draft(session, 52);
    session.verdict(verdict(1, 3, 1, 50, 99), MS);
    assertThat(session.epoch()).isEqualTo(1);
    draft(session, 53);
    draft(session, 54);
    DraftFrame last = actions.drafts.get(actions.drafts.size() - 1);
    assertThat(last.epoch()).isEqualTo(1);
    assertThat(last.position()).isEqualTo(5);
    assertThat(last.ids()).containsExactly(54);
    assertThat(actions.provenance).containsExactly(Provenance.DRAFTED_ACCEPTED, Provenance.TARGET);
  }

  @Test
  void aContradictionInsideAVerdictRollsTheCacheBack() {
    DraftSession session = opened(DecodeMode.STREAM, 2, 8);
    draft(session, 50);
    draft(session, 51);
    session.verdict(verdict(1, 3, 0, 60, 61, 62), MS);
    assertThat(actions.request().keep()).isEqualTo(3);
    assertThat(actions.request().feed()).containsExactly(60, 61, 62);
  }

  @Test
  void repeatedAndOverlappingVerdictsChangeNothing() {
    DraftSession session = opened(DecodeMode.STREAM, 8, 8);
    session.verdict(verdict(0, 3, 0, 60), MS);
    session.verdict(verdict(0, 3, 0, 60), MS);
    session.verdict(verdict(0, 3, 0, 60, 61), MS);
    assertThat(actions.output).containsExactly(60, 61);
    assertThat(session.statistics().disagreements()).isZero();
  }

  @Test
  void aGapLeadsToANewStreamThatResumes() {
    DraftSession session = opened(DecodeMode.STREAM, 8, 8);
    session.verdict(verdict(0, 3, 0, 60), MS);
    session.verdict(verdict(0, 5, 0, 62), MS);
    assertThat(actions.output).containsExactly(60);
    assertThat(actions.connects).hasSize(2);
    session.connectionReady(2 * MS);
    assertThat(actions.opens.get(1).resume()).containsExactly(60);
  }

  @Test
  void afterALostConnectionDraftsAreSentAgainInEpochZero() {
    DraftSession session = opened(DecodeMode.STREAM, 8, 8);
    draft(session, 50);
    session.verdict(verdict(1, 3, 0, 60), MS);
    draft(session, 51);
    draft(session, 52);
    session.connectionLost("reset", MS);
    session.connectionReady(2 * MS);
    DraftFrame last = actions.drafts.get(actions.drafts.size() - 1);
    assertThat(last.epoch()).isZero();
    assertThat(last.position()).isEqualTo(4);
    assertThat(last.ids()).containsExactly(52);
  }

  @Test
  void backsOffAndGivesUp() {
    DraftSession session = session(DecodeMode.STREAM, 8, 8);
    session.start(0);
    for (int i = 0; i < 5; i++) {
      session.connectionLost("refused", i * MS);
    }
    assertThat(actions.outcome().reason()).isEqualTo(FinishReason.UNREACHABLE);
    assertThat(actions.outcome().sentence()).isEqualTo("gave up: refused");
    assertThat(actions.connects).hasSize(5);
    assertThat(actions.connects.get(1)).isBetween(0L, 10 * MS);
    assertThat(actions.connects.get(4)).isBetween(0L, 40 * MS);
  }

  @Test
  void waitsAreSpreadOverTheWholeBound() {
    DraftOptions options = new DraftOptions(8, Integer.MAX_VALUE, 10 * MS, 40 * MS, 0);
    DraftSession session = new DraftSession(request(DecodeMode.STREAM, 8), options, actions);
    session.start(0);
    for (int i = 0; i < 200; i++) {
      session.connectionLost("refused", i * MS);
    }
    List<Long> waits = actions.connects.subList(3, 201);
    assertThat(waits).allMatch(wait -> wait >= 0 && wait <= 40 * MS);
    assertThat(waits.stream().filter(wait -> wait < 10 * MS).count()).isBetween(20L, 80L);
    assertThat(waits.stream().filter(wait -> wait > 30 * MS).count()).isBetween(20L, 80L);
  }

  @Test
  void givesUpAfterATimeWithoutAServer() {
    DraftSession session = limited(3_000 * MS);
    session.verdict(verdict(0, 3, 0, 50), 10_000 * MS);
    session.connectionLost("reset", 20_000 * MS);
    session.connectionLost("refused", 21_000 * MS);
    session.connectionLost("refused", 22_900 * MS);
    assertThat(actions.outcome).isNull();
    assertThat(actions.connects.get(3)).as("the last wait").isLessThanOrEqualTo(100 * MS);
    session.connectionLost("refused", 23_000 * MS);
    assertThat(actions.outcome().reason()).isEqualTo(FinishReason.UNREACHABLE);
    assertThat(actions.outcome().sentence())
        .isEqualTo("gave up after 3 s without a server: refused");
    assertThat(actions.output).containsExactly(50);
  }

  @Test
  void givesUpOnAServerThatNeverAnswers() {
    DraftSession session = limited(3_000 * MS);
    session.connectionLost("reset", 20_000 * MS);
    session.connectionReady(20_100 * MS);
    assertThat(actions.wake).isEqualTo(23_000 * MS);
    session.tick(23_000 * MS);
    assertThat(actions.outcome().sentence())
        .isEqualTo("gave up after 3 s without a server: no server has answered");
  }

  @Test
  void aTokenMakesUpForAnOutage() {
    DraftSession session = limited(3_000 * MS);
    session.connectionLost("reset", 20_000 * MS);
    session.connectionReady(22_000 * MS);
    session.verdict(verdict(0, 3, 0, 50), 22_500 * MS);
    session.connectionLost("reset", 25_400 * MS);
    session.connectionLost("refused", 28_300 * MS);
    assertThat(actions.outcome).isNull();
    session.connectionLost("refused", 28_400 * MS);
    assertThat(actions.outcome().reason()).isEqualTo(FinishReason.UNREACHABLE);
  }

  /** A session in SERVER_ONLY that has been admitted and has no other limit than this. */
  private DraftSession limited(long giveUpNanos) {
    DraftOptions options = new DraftOptions(0, 2, 10 * MS, 400 * MS, 0).withGiveUp(giveUpNanos);
    DraftSession session = new DraftSession(request(DecodeMode.SERVER_ONLY, 30), options, actions);
    session.start(0);
    session.connectionReady(MS);
    session.opened(new OpenedFrame(0, 0, new SessionLimits(64, 16, 32), "m", "s"), MS);
    return session;
  }

  @Test
  void silenceCountsAsALostConnection() {
    DraftSession session = opened(DecodeMode.STREAM, 8, 8);
    session.tick(50 * MS);
    assertThat(actions.connects).hasSize(1);
    assertThat(actions.wake).isEqualTo(101 * MS);
    session.tick(101 * MS);
    assertThat(actions.connects).hasSize(2);
  }

  @Test
  void tokensThatStopAreMissedBeforeTheStallLimit() {
    DraftOptions options = new DraftOptions(0, 5, 10 * MS, 40 * MS, 30_000 * MS);
    DraftSession session = new DraftSession(request(DecodeMode.SERVER_ONLY, 30), options, actions);
    session.start(0);
    session.connectionReady(MS);
    session.opened(new OpenedFrame(0, 0, new SessionLimits(64, 16, 32), "m", "s"), MS);
    assertThat(actions.wake).isEqualTo(30_001 * MS);
    session.verdict(verdict(0, 3, 0, 50), 20 * MS);
    session.verdict(verdict(0, 4, 0, 51), 40 * MS);
    assertThat(actions.wake).isLessThanOrEqualTo(3_040 * MS);
    session.tick(actions.wake);
    assertThat(actions.wake).isEqualTo(3_040 * MS);
    session.tick(3_040 * MS);
    assertThat(actions.connects).hasSize(2);
  }

  @Test
  void aCompleteOutputNeedsNoLastFrame() {
    DraftSession session = opened(DecodeMode.SERVER_ONLY, 0, 2);
    session.verdict(verdict(0, 3, 0, 60, 61), MS);
    session.connectionLost("reset", 2 * MS);
    assertThat(actions.outcome().reason()).isEqualTo(FinishReason.LENGTH);
  }

  @Test
  void anEndWithOtherTokensThanSeenIsNotBelieved() {
    DraftSession session = opened(DecodeMode.SERVER_ONLY, 0, 4);
    session.verdict(verdict(0, 3, 0, 60), MS);
    session.finished(new FinishedFrame(FinishReason.LENGTH, 3, 4, new SpeculationStatistics()), MS);
    assertThat(actions.outcome).isNull();
    assertThat(actions.connects).hasSize(2);
  }

  @Test
  void syncSendsWholeBlocksAndAsksForOneAtTheEnd() {
    DraftSession session = opened(DecodeMode.SYNC, 2, 4);
    draft(session, 50);
    assertThat(actions.drafts).isEmpty();
    draft(session, 51);
    assertThat(actions.drafts.get(0).ids()).containsExactly(50, 51);
    assertThat(actions.request).isNull();
    session.verdict(verdict(0, 3, 2, 50, 51, 60), MS);
    assertThat(actions.drafts.get(1).ids()).isEmpty();
    assertThat(actions.drafts.get(1).position()).isEqualTo(6);
  }

  @Test
  void aBrokenDrafterLeavesTheWorkToTheServer() {
    DraftSession session = opened(DecodeMode.SYNC, 2, 4);
    session.drafterFailed(MS);
    assertThat(actions.drafts.get(0).ids()).isEmpty();
  }

  private static OpenFrame request(DecodeMode mode, int maxTokens) {
    return new OpenFrame(
        "m",
        new byte[0],
        new int[] {1, 2, 3},
        new int[0],
        SamplingParams.GREEDY,
        maxTokens,
        new int[] {0},
        mode,
        VerificationMode.COUPLED,
        "s");
  }

  private DraftSession session(DecodeMode mode, int window, int maxTokens) {
    DraftOptions options = new DraftOptions(window, 5, 10 * MS, 40 * MS, 100 * MS);
    return new DraftSession(request(mode, maxTokens), options, actions);
  }

  private DraftSession opened(DecodeMode mode, int window, int maxTokens) {
    DraftSession session = session(mode, window, maxTokens);
    session.start(0);
    session.connectionReady(MS);
    session.opened(new OpenedFrame(0, 0, new SessionLimits(64, 16, 32), "m", "s"), MS);
    return session;
  }

  private void draft(DraftSession session, int id) {
    DraftRequest request = actions.request();
    actions.request = null;
    session.drafted(request, id, 0, MS);
  }

  private static VerdictFrame verdict(int epoch, int first, int accepted, int... ids) {
    return new VerdictFrame(epoch, first, accepted, accepted, ids, MS, 0, 0);
  }

  private static final class Recorder implements DraftActions {
    final List<Long> connects = new ArrayList<>();
    final List<OpenFrame> opens = new ArrayList<>();
    final List<DraftFrame> drafts = new ArrayList<>();
    final List<Integer> output = new ArrayList<>();
    final List<Provenance> provenance = new ArrayList<>();
    long wake;
    @Nullable DraftRequest request;
    @Nullable DraftOutcome outcome;

    DraftRequest request() {
      if (request == null) {
        throw new AssertionError("nothing was asked of the drafter");
      }
      return request;
    }

    DraftOutcome outcome() {
      if (outcome == null) {
        throw new AssertionError("not done");
      }
      return outcome;
    }

    @Override
    public void connect(long delayNanos) {
      connects.add(delayNanos);
    }

    @Override
    public int sendOpen(OpenFrame frame) {
      opens.add(frame);
      return 0;
    }

    @Override
    public int sendDraft(DraftFrame frame) {
      drafts.add(frame);
      return 40 + 2 * frame.ids().length;
    }

    @Override
    public void sendCancel() {}

    @Override
    public void draftNext(DraftRequest newRequest) {
      request = newRequest;
    }

    @Override
    public void emit(OutputRun run) {
      for (int i = 0; i < run.ids().length; i++) {
        output.add(run.ids()[i]);
        provenance.add(run.provenance(i));
      }
    }

    @Override
    public void wakeAt(long nanos) {
      wake = nanos;
    }

    @Override
    public void done(DraftOutcome result) {
      outcome = result;
    }
  }
}
