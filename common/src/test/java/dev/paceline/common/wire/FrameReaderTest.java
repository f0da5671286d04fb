package dev.paceline.common.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.paceline.common.UserError;
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
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class FrameReaderTest {
  private static final int VOCABULARY = 100;
  private static final SessionLimits LIMITS = new SessionLimits(64, 8, 32);

  @Test
  void framesSurviveTheWire() {
    OpenFrame open = FrameReader.open(FrameWriter.open(openFrame()).getOpen(), VOCABULARY, LIMITS);
    assertThat(open.prompt()).containsExactly(1, 2, 3);
    assertThat(open.resume()).containsExactly(4, 5);
    assertThat(open.sampling()).isEqualTo(new SamplingParams(0.5f, 7, 0.9f, -3));
    assertThat(open.maxTokens()).isEqualTo(20);
    assertThat(open.stopIds()).containsExactly(99);
    assertThat(open.mode()).isEqualTo(DecodeMode.SYNC);
    assertThat(open.sessionId()).isEqualTo("session");

    DraftFrame draft =
        FrameReader.draft(
            FrameWriter.draft(new DraftFrame(3, 9, new int[] {1, 2})).getDraft(),
            VOCABULARY,
            LIMITS,
            VerificationMode.COUPLED);
    assertThat(draft.toString()).isEqualTo("draft epoch 3 at 9 [1, 2]");

    OpenedFrame opened =
        FrameReader.opened(FrameWriter.opened(new OpenedFrame(0, 5, LIMITS, "m", "s")).getOpened());
    assertThat(opened.cachedPrefix()).isEqualTo(5);
    assertThat(opened.limits().toString()).isEqualTo(LIMITS.toString());

    VerdictFrame sent =
        new VerdictFrame(2, 9, 1, 3, new int[] {7, 8}, 2_000_000, 1_000_000, 4)
            .withServerDrafts(5, 1)
            .withOwnDraft(7_999);
    VerdictFrame verdict = FrameReader.verdict(FrameWriter.verdict(sent).getVerdict(), VOCABULARY);
    assertThat(verdict.toString()).isEqualTo(sent.toString());
    assertThat(verdict.drafted()).isEqualTo(3);
    assertThat(verdict.stepNanos()).isEqualTo(2_000_000);
    assertThat(verdict.windowAdvice()).isEqualTo(4);
    assertThat(verdict.serverDrafted()).isEqualTo(5);
    assertThat(verdict.serverAccepted()).isEqualTo(1);
    assertThat(verdict.ownDraftNanos()).isEqualTo(7_000);

    SpeculationStatistics counted =
        new SpeculationStatistics(5, 9, 4, 2, 1, new long[] {3, 1}).withServerDrafts(8, 6);
    FinishedFrame finished =
        FrameReader.finished(
            FrameWriter.finished(new FinishedFrame(FinishReason.STOP, 3, 9, counted))
                .getFinished());
    assertThat(finished.reason()).isEqualTo(FinishReason.STOP);
    assertThat(finished.outputTokens()).isEqualTo(9);
    assertThat(finished.statistics().accepted()).isEqualTo(4);
    assertThat(finished.statistics().acceptedAt()).containsExactly(3, 1);
    assertThat(finished.statistics().serverDrafted()).isEqualTo(8);
    assertThat(finished.statistics().serverAccepted()).isEqualTo(6);
    assertThat(finished.statistics().acceptanceRate()).isEqualTo(4.0 / 9);
    assertThat(finished.statistics().meanAcceptedLength()).isEqualTo(3);
  }

  @Test
  void hostileRequestsAreRefusedWithASentence() {
    refused(o -> o.setProtocolVersion(2), "protocol version 2");
    refused(o -> o.clearPromptIds(), "no tokens");
    refused(o -> o.addPromptIds(-1), "token id -1");
    refused(o -> o.addPromptIds(VOCABULARY), "token id 100");
    refused(o -> o.addResumeIds(1 << 30), "token id 1073741824");
    refused(o -> o.addStopIds(-5), "token id -5");
    refused(o -> o.setMaxTokens(0), "max tokens 0");
    refused(o -> o.setMaxTokens(-1), "max tokens 4294967295");
    refused(o -> o.setModeValue(77), "mode 77");
    refused(o -> o.setVerificationValue(9), "verification 9");
    refused(o -> o.setTokenizerFingerprint(ByteString.copyFrom(new byte[3])), "3 bytes");
    refused(o -> o.setSessionId("a\nb"), "control character");
    refused(o -> o.setModelId("x".repeat(1000)), "1000 characters");
    refused(o -> o.getSamplingBuilder().setTemperature(Float.NaN), "NaN");
    refused(o -> o.getSamplingBuilder().setTopP(-1), "-1");
    refused(o -> o.getSamplingBuilder().setTopK(-1), "-1");
    refused(
        o -> {
          for (int i = 0; i < 64; i++) {
            o.addPromptIds(1);
          }
        },
        "context holds 64");
  }

  @Test
  void hostileDraftsAreRefusedWithASentence() {
    Draft.Builder many = Draft.newBuilder();
    for (int i = 0; i < 2000; i++) {
      many.addIds(1);
    }
    refusedDraft(many.build(), "2000");
    refusedDraft(Draft.newBuilder().setEpoch(-1).build(), "4294967295");
    refusedDraft(Draft.newBuilder().setPosition(-1).build(), "4294967295");
    refusedDraft(Draft.newBuilder().setPosition(1 << 30).build(), "1073741824");
    refusedDraft(Draft.newBuilder().addIds(100).build(), "token id 100");
  }

  @Test
  void draftsOfAClientThatDoesNotKnowTheLimitsYetAreRead() {
    Draft.Builder draft = Draft.newBuilder().setPosition(70);
    for (int i = 0; i < 20; i++) {
      draft.addIds(1);
    }
    assertThat(FrameReader.draft(draft.build(), VOCABULARY, LIMITS, VerificationMode.COUPLED).ids())
        .hasSize(20);
  }

  @Test
  void aVerdictThatAcceptsMoreOfTheServersDraftsThanThereAreIsRefused() {
    VerdictFrame verdict = new VerdictFrame(2, 9, 1, 3, new int[] {7, 8}, 1, 1, 4);
    for (int[] wrong : new int[][] {{1, 2}, {5, 2}, {-1, 0}, {1, -1}}) {
      assertThatThrownBy(
              () ->
                  FrameReader.verdict(
                      FrameWriter.verdict(verdict.withServerDrafts(wrong[0], wrong[1]))
                          .getVerdict(),
                      VOCABULARY))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("drafts of the server in 2 output tokens");
    }
  }

  /** Flipped bytes in real frames: read, or refused with a sentence, but nothing else. */
  @Test
  void damagedFramesAreReadOrRefused() {
    byte[][] frames = {
      FrameWriter.open(openFrame()).toByteArray(),
      FrameWriter.draft(new DraftFrame(3, 9, new int[] {1, 2})).toByteArray(),
      FrameWriter.verdict(new VerdictFrame(2, 9, 1, 3, new int[] {7, 8}, 1, 1, 4)).toByteArray(),
      FrameWriter.opened(new OpenedFrame(0, 5, LIMITS, "m", "s")).toByteArray(),
    };
    Random random = new Random(5);
    int read = 0;
    for (int n = 0; n < 40_000; n++) {
      byte[] bytes = frames[n % frames.length].clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        ClientFrame client = ClientFrame.parseFrom(bytes);
        FrameReader.open(client.getOpen(), VOCABULARY, LIMITS);
        read++;
      } catch (UserError | InvalidProtocolBufferException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
      try {
        ServerFrame server = ServerFrame.parseFrom(bytes);
        FrameReader.verdict(server.getVerdict(), VOCABULARY);
        FrameReader.opened(server.getOpened());
        read++;
      } catch (UserError | InvalidProtocolBufferException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
      try {
        FrameReader.draft(
            ClientFrame.parseFrom(bytes).getDraft(), VOCABULARY, LIMITS, VerificationMode.COUPLED);
        read++;
      } catch (UserError | InvalidProtocolBufferException e) {
        assertThat(e).hasMessageMatching("(?s).+");
      }
    }
    assertThat(read).isPositive();
  }

  private static void refused(Consumer<Open.Builder> damage, String part) {
    Open.Builder open = FrameWriter.open(openFrame()).getOpen().toBuilder();
    damage.accept(open);
    assertThatThrownBy(() -> FrameReader.open(open.build(), VOCABULARY, LIMITS))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(part);
  }

  private static void refusedDraft(Draft draft, String part) {
    assertThatThrownBy(() -> FrameReader.draft(draft, VOCABULARY, LIMITS, VerificationMode.COUPLED))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(part);
  }

  private static OpenFrame openFrame() {
    return new OpenFrame(
        "model",
        new byte[32],
        new int[] {1, 2, 3},
        new int[] {4, 5},
        new SamplingParams(0.5f, 7, 0.9f, -3),
        20,
        new int[] {99},
        DecodeMode.SYNC,
        VerificationMode.COUPLED,
        "session");
  }
}
