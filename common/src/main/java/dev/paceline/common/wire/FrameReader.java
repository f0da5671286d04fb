package dev.paceline.common.wire;

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
import dev.paceline.v1.Draft;
import dev.paceline.v1.Finished;
import dev.paceline.v1.Limits;
import dev.paceline.v1.Open;
import dev.paceline.v1.Opened;
import dev.paceline.v1.Sampling;
import dev.paceline.v1.Verdict;
import java.util.List;

/**
 * Protobuf messages to core frames. Every method checks what it reads and throws a {@link
 * UserError} with one sentence that names the value; nothing of the message is used then.
 */
public final class FrameReader {
  private static final double MS_IN_NANOS = 1e6;

  private FrameReader() {}

  /**
   * @param vocabulary ids are in [0, vocabulary)
   * @param limits of the server
   */
  public static OpenFrame open(Open open, int vocabulary, SessionLimits limits) {
    if (open.getProtocolVersion() != Protocol.VERSION) {
      throw Protocol.refuse(
          "the client speaks protocol version "
              + Integer.toUnsignedString(open.getProtocolVersion())
              + " and this server version "
              + Protocol.VERSION);
    }
    text("the model id", open.getModelId(), Protocol.MAX_MODEL_ID);
    text("the session id", open.getSessionId(), Protocol.MAX_SESSION_ID);
    int fingerprint = open.getTokenizerFingerprint().size();
    if (fingerprint != 0 && fingerprint != Protocol.FINGERPRINT_BYTES) {
      throw Protocol.refuse(
          "a tokenizer fingerprint has "
              + fingerprint
              + " bytes instead of "
              + Protocol.FINGERPRINT_BYTES);
    }
    if (open.getPromptIdsCount() == 0) {
      throw Protocol.refuse("the prompt has no tokens");
    }
    long known = (long) open.getPromptIdsCount() + open.getResumeIdsCount();
    if (open.getPromptIdsCount() >= limits.contextLength() || known > limits.contextLength()) {
      throw Protocol.refuse(
          "the prompt has "
              + open.getPromptIdsCount()
              + " tokens (and "
              + open.getResumeIdsCount()
              + " of resumed output), but the context holds "
              + limits.contextLength()
              + " with at least one output token");
    }
    int maxTokens = open.getMaxTokens();
    if (maxTokens <= 0) {
      throw Protocol.refuse(
          "max tokens " + Integer.toUnsignedString(maxTokens) + " is not between 1 and 2147483647");
    }
    if (open.getStopIdsCount() > Protocol.MAX_STOP_IDS) {
      throw Protocol.refuse(
          open.getStopIdsCount() + " stop ids are more than " + Protocol.MAX_STOP_IDS);
    }
    DecodeMode mode = mode(open);
    VerificationMode verification = verification(open);
    mode.require(verification);
    return new OpenFrame(
        open.getModelId(),
        open.getTokenizerFingerprint().toByteArray(),
        ids("prompt", open.getPromptIdsList(), vocabulary),
        ids("resumed output", open.getResumeIdsList(), vocabulary),
        sampling(open.getSampling()),
        maxTokens,
        ids("stop ids", open.getStopIdsList(), vocabulary),
        mode,
        verification,
        open.getSessionId());
  }

  /**
   * A draft may exceed the session's window and context, because the client drafts before it has
   * heard the limits; the session drops what it cannot use. It may not exceed them without bound.
   *
   * @param vocabulary ids are in [0, vocabulary)
   * @param verification of the session
   */
  public static DraftFrame draft(
      Draft draft, int vocabulary, SessionLimits limits, VerificationMode verification) {
    if (draft.getEpoch() < 0 || draft.getEpoch() > Protocol.MAX_EPOCH) {
      throw Protocol.refuse(
          "draft epoch "
              + Integer.toUnsignedString(draft.getEpoch())
              + " is over "
              + Protocol.MAX_EPOCH);
    }
    if (draft.getIdsCount() > Protocol.MAX_DRAFT_IDS) {
      throw Protocol.refuse(
          "a draft frame has "
              + draft.getIdsCount()
              + " tokens, more than "
              + Protocol.MAX_DRAFT_IDS);
    }
    position("a draft", draft.getPosition(), limits.contextLength() + Protocol.MAX_DRAFT_IDS);
    int[] ids = ids("draft", draft.getIdsList(), vocabulary);
    return new DraftFrame(draft.getEpoch(), draft.getPosition(), ids)
        .from(OriginsReader.read(draft, ids, vocabulary, verification));
  }

  public static OpenedFrame opened(Opened opened) {
    if (opened.getEpoch() < 0 || opened.getCachedPrefix() < 0) {
      throw Protocol.refuse("the server opened a session with a negative epoch or prefix");
    }
    return new OpenedFrame(
        opened.getEpoch(),
        opened.getCachedPrefix(),
        limits(opened.getLimits()),
        opened.getModelId(),
        opened.getSessionId());
  }

  public static SessionLimits limits(Limits limits) {
    return new SessionLimits(
        limits.getContextLength(), limits.getMaxWindow(), limits.getMaxTokens());
  }

  /**
   * @param vocabulary ids are in [0, vocabulary)
   */
  public static VerdictFrame verdict(Verdict verdict, int vocabulary) {
    if (verdict.getEpoch() < 0) {
      throw Protocol.refuse(
          "verdict epoch " + Integer.toUnsignedString(verdict.getEpoch()) + " is over 2147483647");
    }
    position("a verdict", verdict.getFirstPosition(), Integer.MAX_VALUE);
    int accepted = verdict.getAccepted();
    if (accepted < 0 || accepted > verdict.getOutputIdsCount() || verdict.getDrafted() < 0) {
      throw Protocol.refuse(
          "a verdict accepts "
              + accepted
              + " of "
              + verdict.getOutputIdsCount()
              + " output tokens");
    }
    int serverDrafted = verdict.getServerDrafted();
    int serverAccepted = verdict.getServerAccepted();
    if (serverDrafted < 0
        || serverAccepted < 0
        || serverAccepted > Math.min(serverDrafted, verdict.getOutputIdsCount() - accepted)) {
      throw Protocol.refuse(
          "a verdict accepts "
              + Integer.toUnsignedString(serverAccepted)
              + " of "
              + Integer.toUnsignedString(serverDrafted)
              + " drafts of the server in "
              + verdict.getOutputIdsCount()
              + " output tokens");
    }
    return new VerdictFrame(
            verdict.getEpoch(),
            verdict.getFirstPosition(),
            accepted,
            verdict.getDrafted(),
            ids("verdict", verdict.getOutputIdsList(), vocabulary),
            nanos(verdict.getStepMs()),
            nanos(verdict.getQueueMs()),
            Math.max(0, verdict.getWindowAdvice()))
        .withServerDrafts(serverDrafted, serverAccepted)
        .withOwnDraft(Math.max(0, verdict.getOwnDraftUs()) * 1000L);
  }

  public static FinishedFrame finished(Finished finished) {
    dev.paceline.v1.SpeculationStatistics counted = finished.getStatistics();
    int places = Math.min(counted.getAcceptedPerPositionCount(), SpeculationStatistics.HISTOGRAM);
    long[] acceptedAt = new long[places];
    for (int i = 0; i < places; i++) {
      acceptedAt[i] = counted.getAcceptedPerPosition(i);
    }
    return new FinishedFrame(
        reason(finished.getReason()),
        finished.getPromptTokens(),
        finished.getOutputTokens(),
        new SpeculationStatistics(
                counted.getVerifySteps(),
                counted.getDrafted(),
                counted.getAccepted(),
                counted.getSelfAdvanced(),
                counted.getStaleDropped(),
                acceptedAt)
            .withServerDrafts(counted.getServerDrafted(), counted.getServerAccepted()));
  }

  private static SamplingParams sampling(Sampling sampling) {
    float topP = sampling.getTopP() == 0f ? 1f : sampling.getTopP();
    return new SamplingParams(
        sampling.getTemperature(), sampling.getTopK(), topP, sampling.getSeed());
  }

  private static DecodeMode mode(Open open) {
    switch (open.getMode()) {
      case MODE_UNSPECIFIED:
      case MODE_STREAM:
        return DecodeMode.STREAM;
      case MODE_SYNC:
        return DecodeMode.SYNC;
      case MODE_PEARL:
        return DecodeMode.PEARL;
      case MODE_SERVER_ONLY:
        return DecodeMode.SERVER_ONLY;
      case MODE_COLOCATED:
        return DecodeMode.COLOCATED;
      default:
        throw Protocol.refuse(
            "decoding mode "
                + open.getModeValue()
                + " is not served; stream, pearl, sync, server-only and colocated are");
    }
  }

  private static VerificationMode verification(Open open) {
    switch (open.getVerification()) {
      case VERIFICATION_COUPLED:
        return VerificationMode.COUPLED;
      case VERIFICATION_PAPER:
        return VerificationMode.PAPER;
      case VERIFICATION_RESIDUAL:
        return VerificationMode.RESIDUAL;
      default:
        throw Protocol.refuse(
            "verification "
                + open.getVerificationValue()
                + " is not served; coupled (0), paper (1) and residual (2) are");
    }
  }

  private static FinishReason reason(dev.paceline.v1.FinishReason reason) {
    switch (reason) {
      case FINISH_REASON_STOP:
        return FinishReason.STOP;
      case FINISH_REASON_LENGTH:
        return FinishReason.LENGTH;
      case FINISH_REASON_CANCELLED:
        return FinishReason.CANCELLED;
      case FINISH_REASON_CONTEXT:
        return FinishReason.CONTEXT;
      default:
        throw Protocol.refuse(
            "the server ended the session for a reason that this client does not know");
    }
  }

  private static int[] ids(String what, List<Integer> list, int vocabulary) {
    int[] ids = new int[list.size()];
    for (int i = 0; i < ids.length; i++) {
      int id = list.get(i);
      if (id < 0 || id >= vocabulary) {
        throw Protocol.refuse(
            "token id " + id + " in the " + what + " is outside the vocabulary of " + vocabulary);
      }
      ids[i] = id;
    }
    return ids;
  }

  private static void position(String what, int position, int limit) {
    if (position < 0 || position >= limit) {
      throw Protocol.refuse(
          what
              + " at position "
              + Integer.toUnsignedString(position)
              + " is outside the context of "
              + limit);
    }
  }

  private static void text(String what, String value, int longest) {
    if (value.length() > longest) {
      throw Protocol.refuse(what + " has " + value.length() + " characters, more than " + longest);
    }
    for (int i = 0; i < value.length(); i++) {
      if (Character.isISOControl(value.charAt(i))) {
        throw Protocol.refuse(what + " has a control character at " + i);
      }
    }
  }

  private static long nanos(float ms) {
    return ms >= 0 && ms < 1e9f ? (long) (ms * MS_IN_NANOS) : 0;
  }
}
