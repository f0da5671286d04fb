package dev.paceline.target.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import io.grpc.Status;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitsTest {
  private static final long SECOND = 1_000_000_000;
  private final RequestLimits limits = new RequestLimits(100, 80, 50, 8, 10, 5, 65536);

  @Test
  void promptsAreJudgedByLength() {
    assertThat(limits.judge(80)).isNull();
    Refusal refusal = Objects.requireNonNull(limits.judge(81));
    assertThat(refusal.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(refusal.sentence())
        .isEqualTo("the prompt has 81 tokens, this server takes at most 80");
    assertThat(limits.judge(0)).isNotNull();
    RequestLimits plain = RequestLimits.forContext(1024);
    assertThat(plain.judge(1023)).isNull();
    assertThat(plain.judge(1024)).isNotNull();
  }

  @Test
  void outputIsGrantedWithinTheContext() {
    assertThat(limits.grant(10, 20)).isEqualTo(20);
    assertThat(limits.grant(10, 0)).isEqualTo(50);
    assertThat(limits.grant(10, -1)).isEqualTo(50);
    assertThat(limits.grant(80, 50)).isEqualTo(20);
  }

  @Test
  void aMessageHasRoomForAFullPrompt() {
    assertThat(RequestLimits.forContext(1024).maxMessageBytes()).isEqualTo(65536);
    assertThat(RequestLimits.forContext(100_000).maxMessageBytes()).isEqualTo(1_000_000);
  }

  @Test
  void limitsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new RequestLimits(1, 1, 1, 1, 1, 1, 1024))
        .isInstanceOf(UserError.class)
        .hasMessage("context length 1 is less than 2");
    assertThatThrownBy(() -> new RequestLimits(2, 1, 1, 1, 0, 1, 1024))
        .hasMessageContaining("frames per second 0.0");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -5 * SECOND, Long.MAX_VALUE - SECOND})
  void framesFollowTheRateFromAnyClockOrigin(long origin) {
    FrameGate gate = new FrameGate(limits, origin);
    for (int i = 0; i < 5; i++) {
      assertThat(gate.frame(origin)).isNull();
    }
    Refusal refusal = Objects.requireNonNull(gate.frame(origin));
    assertThat(refusal.code()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.retryAfterMillis()).isEqualTo(100);
    // A refused frame costs nothing: 10 per second is one in each 100 ms from here on.
    for (int i = 1; i <= 50; i++) {
      long now = origin + i * SECOND / 10;
      assertThat(gate.frame(now)).as("frame %d", i).isNull();
      assertThat(gate.frame(now)).as("frame %d, twice", i).isNotNull();
    }
    // A long pause saves up one burst, not more.
    long later = origin + 100 * SECOND;
    for (int i = 0; i < 5; i++) {
      assertThat(gate.frame(later)).isNull();
    }
    assertThat(gate.frame(later)).isNotNull();
  }

  @Test
  void draftsStayWithinTheWindow() {
    FrameGate gate = new FrameGate(limits, 0);
    assertThat(gate.drafts(3, 5)).isNull();
    Refusal refusal = Objects.requireNonNull(gate.drafts(4, 5));
    assertThat(refusal.sentence())
        .isEqualTo("5 draft tokens on top of 4 that wait exceed the window of 8");
    assertThat(gate.drafts(1, Integer.MAX_VALUE)).isNotNull();
  }

  @Test
  void opensAreLimitedPerPeer() {
    OpenGate gate = new OpenGate(2, 3, 10);
    for (int i = 0; i < 3; i++) {
      assertThat(gate.open("a", 0)).isNull();
    }
    Refusal refusal = Objects.requireNonNull(gate.open("a", 0));
    assertThat(refusal.retryAfterMillis()).isEqualTo(500);
    assertThat(refusal.sentence()).contains("2.0 streams per second");
    assertThat(gate.open("b", 0)).isNull();
    assertThat(gate.open("a", SECOND / 2)).isNull();
  }

  @Test
  void manyPeersDoNotFillTheMemory() {
    OpenGate gate = new OpenGate(1, 1, 100);
    for (int i = 0; i < 10_000; i++) {
      assertThat(gate.open("peer" + i, 0)).isNull();
    }
    assertThat(gate.size()).isEqualTo(100);
    assertThat(gate.open("peer9999", 0)).isNotNull();
  }
}
