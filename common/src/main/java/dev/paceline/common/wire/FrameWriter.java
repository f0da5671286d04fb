package dev.paceline.common.wire;

import com.google.protobuf.ByteString;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.v1.Cancel;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Finished;
import dev.paceline.v1.Limits;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.Opened;
import dev.paceline.v1.Sampling;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SparseDistribution;
import dev.paceline.v1.Verdict;
import dev.paceline.v1.Verification;

/** Core frames to protobuf. */
public final class FrameWriter {
  private static final float NANOS_PER_MS = 1e6f;
  private static final float UNITS = DraftDistribution.UNITS;

  private FrameWriter() {}

  public static ClientFrame open(OpenFrame frame) {
    Open.Builder open =
        Open.newBuilder()
            .setProtocolVersion(Protocol.VERSION)
            .setModelId(frame.modelId())
            .setTokenizerFingerprint(ByteString.copyFrom(frame.tokenizerFingerprint()))
            .setSampling(
                Sampling.newBuilder()
                    .setTemperature(frame.sampling().temperature())
                    .setTopK(frame.sampling().topK())
                    .setTopP(frame.sampling().topP())
                    .setSeed(frame.sampling().seed()))
            .setMaxTokens(frame.maxTokens())
            .setMode(mode(frame.mode()))
            .setVerification(verification(frame.verification()))
            .setSessionId(frame.sessionId());
    for (int id : frame.prompt()) {
      open.addPromptIds(id);
    }
    for (int id : frame.resume()) {
      open.addResumeIds(id);
    }
    for (int id : frame.stopIds()) {
      open.addStopIds(id);
    }
    return ClientFrame.newBuilder().setOpen(open).build();
  }

  public static ClientFrame draft(DraftFrame frame) {
    Draft.Builder draft = Draft.newBuilder().setEpoch(frame.epoch()).setPosition(frame.position());
    for (int id : frame.ids()) {
      draft.addIds(id);
    }
    for (DraftDistribution origin : frame.distributions()) {
      if (origin.whole()) {
        draft.addDistributions(sparse(origin));
      } else {
        draft.addQ(origin.probability(0));
      }
    }
    return ClientFrame.newBuilder().setDraft(draft).build();
  }

  private static SparseDistribution.Builder sparse(DraftDistribution origin) {
    SparseDistribution.Builder sparse = SparseDistribution.newBuilder();
    for (int i = 0; i < origin.size(); i++) {
      sparse.addIds(origin.id(i)).addUnits(Math.round(origin.probability(i) * UNITS));
    }
    return sparse;
  }

  public static ClientFrame cancel() {
    return ClientFrame.newBuilder().setCancel(Cancel.getDefaultInstance()).build();
  }

  public static ServerFrame opened(OpenedFrame frame) {
    return ServerFrame.newBuilder()
        .setOpened(
            Opened.newBuilder()
                .setEpoch(frame.epoch())
                .setCachedPrefix(frame.cachedPrefix())
                .setLimits(limits(frame.limits()))
                .setModelId(frame.modelId())
                .setSessionId(frame.sessionId()))
        .build();
  }

  public static Limits limits(SessionLimits limits) {
    return Limits.newBuilder()
        .setContextLength(limits.contextLength())
        .setMaxWindow(limits.maxWindow())
        .setMaxTokens(limits.maxTokens())
        .build();
  }

  public static ServerFrame verdict(VerdictFrame frame) {
    Verdict.Builder verdict =
        Verdict.newBuilder()
            .setEpoch(frame.epoch())
            .setFirstPosition(frame.firstPosition())
            .setAccepted(frame.accepted())
            .setDrafted(frame.drafted())
            .setStepMs(frame.stepNanos() / NANOS_PER_MS)
            .setQueueMs(frame.queueNanos() / NANOS_PER_MS)
            .setWindowAdvice(frame.windowAdvice())
            .setServerDrafted(frame.serverDrafted())
            .setServerAccepted(frame.serverAccepted())
            .setOwnDraftUs((int) Math.min(Integer.MAX_VALUE, frame.ownDraftNanos() / 1000));
    for (int id : frame.ids()) {
      verdict.addOutputIds(id);
    }
    return ServerFrame.newBuilder().setVerdict(verdict).build();
  }

  public static ServerFrame finished(FinishedFrame frame) {
    SpeculationStatistics statistics = frame.statistics();
    dev.paceline.v1.SpeculationStatistics.Builder counted =
        dev.paceline.v1.SpeculationStatistics.newBuilder()
            .setVerifySteps(statistics.verifySteps())
            .setDrafted(statistics.drafted())
            .setAccepted(statistics.accepted())
            .setSelfAdvanced(statistics.selfAdvanced())
            .setStaleDropped(statistics.staleDropped())
            .setServerDrafted(statistics.serverDrafted())
            .setServerAccepted(statistics.serverAccepted());
    for (long count : statistics.acceptedAt()) {
      counted.addAcceptedPerPosition(count);
    }
    return ServerFrame.newBuilder()
        .setFinished(
            Finished.newBuilder()
                .setReason(reason(frame.reason()))
                .setPromptTokens(frame.promptTokens())
                .setOutputTokens(frame.outputTokens())
                .setStatistics(counted))
        .build();
  }

  private static Mode mode(DecodeMode mode) {
    switch (mode) {
      case STREAM:
        return Mode.MODE_STREAM;
      case SYNC:
        return Mode.MODE_SYNC;
      case PEARL:
        return Mode.MODE_PEARL;
      case SERVER_ONLY:
        return Mode.MODE_SERVER_ONLY;
      case COLOCATED:
        return Mode.MODE_COLOCATED;
    }
    throw new AssertionError(mode);
  }

  private static Verification verification(VerificationMode mode) {
    switch (mode) {
      case COUPLED:
        return Verification.VERIFICATION_COUPLED;
      case PAPER:
        return Verification.VERIFICATION_PAPER;
      case RESIDUAL:
        return Verification.VERIFICATION_RESIDUAL;
    }
    throw new AssertionError(mode);
  }

  private static dev.paceline.v1.FinishReason reason(FinishReason reason) {
    switch (reason) {
      case STOP:
        return dev.paceline.v1.FinishReason.FINISH_REASON_STOP;
      case LENGTH:
        return dev.paceline.v1.FinishReason.FINISH_REASON_LENGTH;
      case CANCELLED:
        return dev.paceline.v1.FinishReason.FINISH_REASON_CANCELLED;
      case CONTEXT:
        return dev.paceline.v1.FinishReason.FINISH_REASON_CONTEXT;
      default:
        throw new IllegalArgumentException("a server does not end a session as " + reason);
    }
  }
}
