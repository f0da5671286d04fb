package dev.paceline.draft.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.verification.VerificationMode;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A transport whose {@code connect} throws although it must not: no generation hangs for that. */
@Timeout(120)
class FailingTransportTest {
  private static final int ATTEMPTS = 3;
  private static final DraftOptions SOON = new DraftOptions(0, ATTEMPTS, 1_000_000, 2_000_000, 0);

  @Test
  void endsWithASentenceWhenEveryAttemptThrows() throws Exception {
    Throwing transport = new Throwing(Integer.MAX_VALUE);
    DraftOutcome outcome = generate(transport, new OutputCollector(run -> {}));
    assertThat(outcome.reason()).isEqualTo(FinishReason.UNREACHABLE);
    assertThat(outcome.sentence()).contains("IllegalStateException", "no network");
    assertThat(transport.calls.get()).isEqualTo(ATTEMPTS);
  }

  @Test
  void goesOnWhenALaterAttemptSucceeds() throws Exception {
    Throwing transport = new Throwing(ATTEMPTS - 1);
    OutputCollector output = new OutputCollector(run -> {});
    DraftOutcome outcome = generate(transport, output);
    assertThat(outcome.reason()).as(outcome.sentence()).isEqualTo(FinishReason.LENGTH);
    assertThat(output.output()).containsExactly(7, 8);
  }

  @Test
  void anotherServerTakesItsPlace() throws Exception {
    Throwing broken = new Throwing(Integer.MAX_VALUE);
    // A clock that stands still: the broken one stays away once it has failed.
    ServerSet servers = new ServerSet(List.of(broken, new Throwing(0)), () -> 0);
    OutputCollector output = new OutputCollector(run -> {});
    DraftOutcome outcome = generate(servers, output);
    assertThat(outcome.reason()).as(outcome.sentence()).isEqualTo(FinishReason.LENGTH);
    assertThat(output.output()).containsExactly(7, 8);
    assertThat(broken.calls.get()).isEqualTo(1);
  }

  private static DraftOutcome generate(SpeculationTransport transport, OutputCollector output)
      throws InterruptedException {
    OpenFrame open =
        new OpenFrame(
            "",
            new byte[0],
            new int[] {1, 2, 3},
            new int[0],
            SamplingParams.GREEDY,
            2,
            new int[0],
            DecodeMode.SERVER_ONLY,
            VerificationMode.COUPLED,
            "s");
    try (DraftClient client = new DraftClient(transport, null)) {
      client.generate(open, SOON, output);
      return output.await();
    }
  }

  /** Throws at first; then a server that has the text at once and breaks the connection. */
  private static final class Throwing implements SpeculationTransport {
    final AtomicInteger calls = new AtomicInteger();
    private final int failures;

    Throwing(int failures) {
      this.failures = failures;
    }

    @Override
    public Stream connect(Receiver receiver) {
      if (calls.getAndIncrement() < failures) {
        throw new IllegalStateException("no network");
      }
      return new Stream() {
        @Override
        public int open(OpenFrame frame) {
          receiver.opened(new OpenedFrame(0, 0, new SessionLimits(100, 8, 100), "m", "s"));
          receiver.verdict(new VerdictFrame(0, 3, 0, 0, new int[] {7, 8}, 1, 0, 0));
          receiver.lost("the text is complete");
          return 1;
        }

        @Override
        public int draft(DraftFrame frame) {
          return 1;
        }

        @Override
        public void cancel() {}

        @Override
        public void abandon() {}
      };
    }

    @Override
    public void close() {}
  }
}
