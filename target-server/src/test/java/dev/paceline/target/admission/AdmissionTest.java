package dev.paceline.target.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.target.admission.Admission.Capacity;
import dev.paceline.target.admission.Admission.Ticket;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final long MS = 1_000_000;

  private static Ticket accepted(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Accepted.class);
    return ((Decision.Accepted) decision).ticket();
  }

  private static Refusal refused(Decision decision) {
    assertThat(decision).isInstanceOf(Decision.Refused.class);
    return ((Decision.Refused) decision).refusal();
  }

  private static long expectedWait(Decision decision) {
    return ((Decision.Accepted) decision).expectedWaitMillis();
  }

  @Test
  void acceptsUpToTheCapacityAndThenQueues() {
    Admission admission = new Admission(new Capacity(2, 2, 10_000, 4000));
    accepted(admission.open()).started(0);
    Decision second = admission.open();
    accepted(second).started(0);
    assertThat(expectedWait(second)).isZero();
    // One of two sessions of 4 s ends every 2 s.
    assertThat(expectedWait(admission.open())).isEqualTo(2000);
    assertThat(expectedWait(admission.open())).isEqualTo(4000);
    Refusal refusal = refused(admission.open());
    assertThat(refusal.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.QUEUE_FULL);
    assertThat(refusal.retryAfterMillis()).isEqualTo(2000);
    assertThat(refusal.sentence())
        .isEqualTo("all 2 sessions are taken and 2 of 2 places in the queue too");
    assertThat(admission.running()).isEqualTo(2);
    assertThat(admission.waiting()).isEqualTo(2);
  }

  @Test
  void refusesAWaitThatIsTooLong() {
    Admission admission = new Admission(new Capacity(1, 100, 5000, 3000));
    accepted(admission.open()).started(0);
    accepted(admission.open());
    Refusal refusal = refused(admission.open());
    assertThat(refusal.reason()).isEqualTo(Refusal.Reason.WAIT_TOO_LONG);
    assertThat(refusal.retryAfterMillis()).isEqualTo(1000);
    assertThat(refusal.sentence()).contains("6000 ms").contains("5000 ms");
  }

  @Test
  void learnsHowLongSessionsLast() {
    Admission admission = new Admission(new Capacity(1, 1, 1000, 60_000));
    for (int i = 0; i < 100; i++) {
      Ticket ticket = accepted(admission.open());
      ticket.started(i * 100 * MS);
      ticket.close((i + 1) * 100 * MS);
    }
    accepted(admission.open()).started(0);
    assertThat(expectedWait(admission.open())).isBetween(100L, 105L);
  }

  @Test
  void aRetryHintStaysWithinReason() {
    Admission quick = new Admission(new Capacity(1000, 0, 0, 1));
    for (int i = 0; i < 1000; i++) {
      accepted(quick.open());
    }
    assertThat(refused(quick.open()).retryAfterMillis()).isEqualTo(100);
    Admission slow = new Admission(new Capacity(1, 0, 0, 3_600_000));
    accepted(slow.open());
    assertThat(refused(slow.open()).retryAfterMillis()).isEqualTo(60_000);
  }

  @Test
  void drainingRefusesNewSessionsOnly() {
    Admission admission = new Admission(new Capacity(4, 0, 0, 1000));
    Ticket ticket = accepted(admission.open());
    admission.drain();
    Refusal refusal = refused(admission.open());
    assertThat(refusal.code()).isEqualTo(Status.Code.UNAVAILABLE);
    ticket.started(1);
    assertThat(admission.running()).isEqualTo(1);
    ticket.close(2);
    assertThat(admission.running()).isZero();
  }

  @Test
  void ticketsMayBeClosedInAnyOrderAndTwice() {
    Random random = new Random(7);
    Admission admission = new Admission(new Capacity(5, 5, 1_000_000, 10));
    List<Ticket> tickets = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          if (admission.open() instanceof Decision.Accepted accepted) {
            tickets.add(accepted.ticket());
          }
        }
        case 1 -> {
          if (!tickets.isEmpty()) {
            tickets.get(random.nextInt(tickets.size())).started(i);
          }
        }
        default -> {
          if (!tickets.isEmpty()) {
            Ticket ticket = tickets.remove(random.nextInt(tickets.size()));
            ticket.close(i);
            ticket.close(i);
            ticket.started(i);
          }
        }
      }
      assertThat(admission.running() + admission.waiting())
          .isEqualTo(tickets.size())
          .isLessThanOrEqualTo(10);
    }
  }

  @Test
  void theHintTravelsAsATrailer() {
    Refusal refusal = Refusal.retry(Refusal.Reason.QUEUE_FULL, 1500, "full");
    assertThat(refusal.asException().getStatus().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(Status.trailersFromThrowable(refusal.asException()).get(Refusal.RETRY_AFTER))
        .isEqualTo("1500");
    assertThat(Refusal.invalid("no").trailers().keys()).isEmpty();
    assertThat(refusal.reason().label()).isEqualTo("queue_full");
  }

  @Test
  void nonsenseIsRefused() {
    assertThatThrownBy(() -> new Capacity(0, 1, 1, 1)).hasMessageContaining("0 sessions");
  }
}
