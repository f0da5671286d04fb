package dev.paceline.common.speculation.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.control.Conditions;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.control.Decision;
import dev.paceline.common.verification.VerificationMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A session whose uplink is shaped to far less than the link carries measures the link and the
 * devices, not how long it kept its own drafts back.
 */
class ShapedMeasurementTest {
  private static final long MS = 1_000_000;
  private static final int FRAME_BYTES = 44;
  private static final long DRAFT = 10 * MS;
  private static final long STEP = 100 * MS;

  private final List<Decision> decisions = new ArrayList<>();
  private final Shaped actions = new Shaped();
  private final DraftSession session =
      new DraftSession(
          request(),
          new DraftOptions(16, 8, 50 * MS, 5_000 * MS, 3_600_000 * MS)
              .withControl(ControlOptions.DEFAULT.withTrace(decisions::add))
              .withUplink(1_000),
          actions);
  private long now;
  private int verified = 3;

  @Test
  void itsOwnWaitsAreNotTheLinks() {
    connect(50 * MS);
    for (int i = 0; i < 12; i++) {
      exchange(50 * MS);
    }
    assertThat(actions.longestWait).as("drafts were kept back").isGreaterThan(3 * 50 * MS);
    assertThat(last().rttNanos()).isEqualTo(50.0 * MS);
    assertThat(last().stepNanos()).isEqualTo((double) STEP);
    assertThat(last().draftNanos()).isEqualTo((double) DRAFT);
  }

  @Test
  void anotherServerIsMeasuredAnew() {
    connect(20 * MS);
    for (int i = 0; i < 6; i++) {
      exchange(20 * MS);
    }
    assertThat(last().rttNanos()).isEqualTo(20.0 * MS);
    session.migrate(now);
    connect(90 * MS);
    for (int i = 0; i < 10 && last().rttNanos() < 30 * MS; i++) {
      exchange(90 * MS);
    }
    assertThat(last().rttNanos()).isEqualTo(90.0 * MS);
  }

  /** The newest that is known of the session's estimates: what was last decided with them. */
  private Conditions last() {
    return decisions.get(decisions.size() - 1).conditions();
  }

  private void connect(long rtt) {
    session.start(now);
    session.connectionReady(now);
    now += rtt;
    session.opened(new OpenedFrame(0, 0, new SessionLimits(4000, 16, 2000), "m", "s"), now);
  }

  /** Drafts up to the window, waits for the uplink, sends, and gets all but the last confirmed. */
  private void exchange(long rtt) {
    long drafted = now;
    while (actions.request != null) {
      DraftRequest request = Objects.requireNonNull(actions.request);
      actions.request = null;
      now += DRAFT;
      session.drafted(request, 50, -0.1f, now);
    }
    if (actions.sent.isEmpty()) {
      now = Math.max(now, actions.wake);
      session.tick(now);
    }
    actions.longestWait = Math.max(actions.longestWait, now - drafted);
    DraftFrame frame = actions.sent.get(actions.sent.size() - 1);
    actions.sent.clear();
    now += rtt + STEP;
    int end = frame.position() + frame.ids().length;
    int[] ids = new int[end - verified];
    Arrays.fill(ids, 50);
    session.verdict(
        new VerdictFrame(session.epoch(), verified, ids.length, ids.length, ids, STEP, 0, 0), now);
    verified = end;
  }

  private static OpenFrame request() {
    return new OpenFrame(
        "",
        new byte[0],
        new int[] {1, 2, 3},
        new int[0],
        SamplingParams.GREEDY,
        2000,
        new int[0],
        DecodeMode.STREAM,
        VerificationMode.COUPLED,
        "s");
  }

  private static final class Shaped implements DraftActions {
    final List<DraftFrame> sent = new ArrayList<>();
    @Nullable DraftRequest request;
    long wake;
    long longestWait;

    @Override
    public void connect(long delayNanos) {}

    @Override
    public int sendOpen(OpenFrame frame) {
      return FRAME_BYTES;
    }

    @Override
    public int sendDraft(DraftFrame frame) {
      sent.add(frame);
      return FRAME_BYTES;
    }

    @Override
    public void sendCancel() {}

    @Override
    public void draftNext(DraftRequest next) {
      request = next;
    }

    @Override
    public void emit(OutputRun run) {}

    @Override
    public void wakeAt(long nanos) {
      wake = nanos;
    }

    @Override
    public void done(DraftOutcome outcome) {}
  }
}
