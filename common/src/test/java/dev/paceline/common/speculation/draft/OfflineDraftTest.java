package dev.paceline.common.speculation.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.verification.VerificationMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The draft model alone, after a session has given up. */
class OfflineDraftTest {
  private static final int STOP = 0;
  private static final int CONTEXT = 10;

  private final Recorder actions = new Recorder();

  @Test
  void goesOnAfterTheLastTokenToTheLimit() {
    OfflineDraft offline = offline(new int[] {50, 51}, 5);
    offline.start();
    assertThat(request().keep()).isZero();
    assertThat(request().feed()).containsExactly(1, 2, 3, 50, 51);
    answer(offline, 52);
    assertThat(request().keep()).isEqualTo(5);
    assertThat(request().feed()).containsExactly(52);
    answer(offline, 53);
    answer(offline, 54);
    assertThat(actions.output).containsExactly(52, 53, 54);
    assertThat(actions.provenance).containsOnly(Provenance.DRAFT_ONLY);
    assertThat(actions.positions).containsExactly(5, 6, 7);
    assertThat(outcome().reason()).isEqualTo(FinishReason.LENGTH);
    assertThat(outcome().statistics().draftOnly()).isEqualTo(3);
    assertThat(outcome().statistics().output()).isEqualTo(3);
    assertThat(outcome().sentence())
        .isEqualTo("gave up: refused; the draft model wrote the last 3 tokens alone");
  }

  @Test
  void endsAtAStopId() {
    OfflineDraft offline = offline(new int[] {50}, 30);
    offline.start();
    answer(offline, STOP);
    assertThat(outcome().reason()).isEqualTo(FinishReason.STOP);
    assertThat(actions.output).containsExactly(STOP);
  }

  @Test
  void endsWhereTheContextDoes() {
    OfflineDraft offline = offline(new int[] {50, 51, 52, 53, 54}, 30);
    offline.start();
    answer(offline, 55);
    answer(offline, 56);
    assertThat(outcome().reason()).isEqualTo(FinishReason.CONTEXT);
    assertThat(actions.output).containsExactly(55, 56);
  }

  @Test
  void saysWhyTheDrafterCannotGoOn() {
    OfflineDraft offline = offline(new int[0], 30);
    offline.start();
    answer(offline, 50);
    offline.failed("the context is full");
    offline.failed("and again");
    assertThat(outcome().reason()).isEqualTo(FinishReason.UNREACHABLE);
    assertThat(outcome().sentence()).endsWith("until it could not: the context is full");
  }

  @Test
  void putsNothingOutAfterItWasCancelled() {
    OfflineDraft offline = offline(new int[0], 30);
    offline.start();
    DraftRequest request = request();
    offline.cancel();
    offline.drafted(request, 50, 0);
    assertThat(outcome().reason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(actions.output).isEmpty();
  }

  private OfflineDraft offline(int[] output, int maxTokens) {
    OpenFrame open =
        new OpenFrame(
            "",
            new byte[0],
            new int[] {1, 2, 3},
            new int[0],
            SamplingParams.GREEDY,
            maxTokens,
            new int[] {STOP},
            DecodeMode.STREAM,
            VerificationMode.COUPLED,
            "s");
    DraftOutcome given =
        new DraftOutcome(FinishReason.UNREACHABLE, "gave up: refused", new DraftStatistics(), null);
    return new OfflineDraft(open, output, CONTEXT, given, actions);
  }

  private DraftRequest request() {
    return Objects.requireNonNull(actions.request);
  }

  private DraftOutcome outcome() {
    return Objects.requireNonNull(actions.outcome);
  }

  private void answer(OfflineDraft offline, int id) {
    offline.drafted(request(), id, 0);
  }

  private static final class Recorder implements DraftActions {
    final List<Integer> output = new ArrayList<>();
    final List<Integer> positions = new ArrayList<>();
    final List<Provenance> provenance = new ArrayList<>();
    @Nullable DraftRequest request;
    @Nullable DraftOutcome outcome;

    @Override
    public void draftNext(DraftRequest next) {
      request = next;
    }

    @Override
    public void emit(OutputRun run) {
      positions.add(run.firstPosition());
      for (int i = 0; i < run.ids().length; i++) {
        output.add(run.ids()[i]);
        provenance.add(run.provenance(i));
      }
    }

    @Override
    public void done(DraftOutcome result) {
      assertThat(outcome).isNull();
      outcome = result;
    }

    @Override
    public void connect(long delayNanos) {
      throw new AssertionError("no server is wanted any more");
    }

    @Override
    public int sendOpen(OpenFrame frame) {
      throw new AssertionError("no server is there");
    }

    @Override
    public int sendDraft(DraftFrame frame) {
      throw new AssertionError("no server is there");
    }

    @Override
    public void sendCancel() {}

    @Override
    public void wakeAt(long nanos) {}
  }
}
