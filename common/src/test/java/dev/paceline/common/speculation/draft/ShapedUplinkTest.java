package dev.paceline.common.speculation.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.common.wire.FrameWriter;
import dev.paceline.common.wire.WireBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A session on an uplink that is slower than its drafts. */
class ShapedUplinkTest {
  private static final long MS = 1_000_000;
  private final Waiting actions = new Waiting();

  @Test
  void draftsThatWaitGoTogether() {
    DraftSession session = opened(2_000);
    for (int i = 0; i < 5; i++) {
      draft(session, 50 + i, 10 * MS);
    }
    assertThat(actions.sent).isEmpty();
    assertThat(actions.wake).isGreaterThan(10 * MS);
    session.tick(actions.wake);
    assertThat(actions.sent).hasSize(1);
    assertThat(actions.sent.get(0).ids()).containsExactly(50, 51, 52, 53, 54);
  }

  @Test
  void contradictedDraftsCostNothing() {
    DraftSession session = opened(2_000);
    draft(session, 50, 10 * MS);
    draft(session, 51, 10 * MS);
    session.verdict(new VerdictFrame(0, 3, 0, 0, new int[] {99}, 0, 0, 0), 11 * MS);
    // The one under way belongs to the old chain.
    draft(session, 52, 12 * MS);
    draft(session, 60, 13 * MS);
    session.tick(actions.wake);
    assertThat(actions.sent).hasSize(1);
    assertThat(actions.sent.get(0).position()).isEqualTo(4);
    assertThat(actions.sent.get(0).ids()).containsExactly(60);
  }

  @Test
  void anotherRateHoldsAtOnce() {
    DraftSession session = opened(2_000);
    draft(session, 50, 10 * MS);
    assertThat(actions.sent).isEmpty();
    session.uplink(0, 11 * MS);
    assertThat(actions.sent).hasSize(1);
    draft(session, 51, 12 * MS);
    assertThat(actions.sent).hasSize(2);
  }

  private DraftSession opened(double bitsPerSecond) {
    OpenFrame open =
        new OpenFrame(
            "",
            new byte[0],
            new int[] {1, 2, 3},
            new int[0],
            new SamplingParams(0, 0, 1, 0),
            100,
            new int[0],
            DecodeMode.STREAM,
            VerificationMode.COUPLED,
            "a session whose name is long enough to overdraw the uplink");
    DraftOptions options =
        new DraftOptions(8, 8, 50 * MS, 5_000 * MS, 3_600_000 * MS).withUplink(bitsPerSecond);
    DraftSession session = new DraftSession(open, options, actions);
    session.start(0);
    session.connectionReady(MS);
    session.opened(new OpenedFrame(0, 0, new SessionLimits(1000, 8, 100), "m", "s"), 2 * MS);
    return session;
  }

  private void draft(DraftSession session, int id, long now) {
    DraftRequest request = Objects.requireNonNull(actions.request);
    actions.request = null;
    session.drafted(request, id, 0, now);
  }

  private static final class Waiting implements DraftActions {
    final List<DraftFrame> sent = new ArrayList<>();
    @Nullable DraftRequest request;
    long wake;

    @Override
    public void connect(long delayNanos) {}

    @Override
    public int sendOpen(OpenFrame frame) {
      return WireBytes.of(FrameWriter.open(frame));
    }

    @Override
    public int sendDraft(DraftFrame frame) {
      sent.add(frame);
      return WireBytes.of(FrameWriter.draft(frame));
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
