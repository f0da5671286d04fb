package dev.paceline.target.rpc;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.wire.FrameReader;
import dev.paceline.common.wire.FrameWriter;
import dev.paceline.common.wire.Protocol;
import dev.paceline.target.admission.Admission;
import dev.paceline.target.admission.Decision;
import dev.paceline.target.admission.FrameGate;
import dev.paceline.target.admission.Gatekeeper;
import dev.paceline.target.admission.Refusal;
import dev.paceline.target.engine.EnginePool;
import dev.paceline.target.engine.EngineSession;
import dev.paceline.target.engine.SessionOutput;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Decode} stream. Frames come in on gRPC's thread of the call, one at a time; answers go
 * out through a serial executor, so that the engine's thread never serialises a message or waits
 * for a socket.
 */
final class SessionStream implements StreamObserver<ClientFrame>, SessionOutput {
  private final EnginePool engine;
  private final byte[] fingerprint;
  private final Gatekeeper gatekeeper;
  private final FrameGate frames;
  private final IdleStreams idle;
  private final String peer;
  private final ServerCallStreamObserver<ServerFrame> responses;
  private final Executor serial;
  private @Nullable EngineSession session;
  private @Nullable SessionLines log;
  private Admission.@Nullable Ticket ticket;
  private boolean refused;

  /** When either side last said something; a session that waits for its slot has not been asked. */
  private volatile long lastSpoken;

  private volatile boolean asked;

  /** Guarded by {@link #serial}: nothing may follow the end. */
  private boolean closed;

  /**
   * @param fingerprint of the tokenizer that belongs to the model; empty if the model has none
   * @param gatekeeper decides who is let in
   * @param idle watches over this stream until it ends
   * @param peer who called
   * @param serial runs one task at a time, in order
   */
  SessionStream(
      EnginePool engine,
      byte[] fingerprint,
      Gatekeeper gatekeeper,
      IdleStreams idle,
      String peer,
      ServerCallStreamObserver<ServerFrame> responses,
      Executor serial) {
    this.engine = engine;
    this.fingerprint = fingerprint;
    this.gatekeeper = gatekeeper;
    this.frames = gatekeeper.frames();
    this.idle = idle;
    this.peer = peer;
    lastSpoken = gatekeeper.now();
    this.responses = responses;
    this.serial = serial;
    responses.setOnCancelHandler(this::disconnected);
  }

  @Override
  public synchronized void onNext(ClientFrame frame) {
    if (refused) {
      return;
    }
    lastSpoken = gatekeeper.now();
    Refusal flood = frames.frame(gatekeeper.now());
    if (flood != null) {
      refuse(flood);
      return;
    }
    try {
      handle(frame);
    } catch (UserError e) {
      refuseInput(e.getMessage());
    }
  }

  /** Ends the stream if the server has waited for it so long. */
  synchronized void expire(Duration longest) {
    EngineSession current = session;
    boolean waits = current == null || (asked && current.waitsForDrafts());
    if (!refused && waits && gatekeeper.now() - lastSpoken > longest.toNanos()) {
      refuse(
          Refusal.idle(
              String.format(
                  "the stream said nothing for %d seconds while the server waited for its %s",
                  longest.toSeconds(), current == null ? "open frame" : "drafts")));
    }
  }

  private void refuseInput(@Nullable String sentence) {
    refused = true;
    end(Status.INVALID_ARGUMENT.withDescription(sentence).asRuntimeException());
    disconnected();
  }

  private void handle(ClientFrame frame) {
    EngineSession current = session;
    switch (frame.getFrameCase()) {
      case OPEN -> {
        if (current != null) {
          throw new UserError("a stream has one open frame, this is the second");
        }
        admit(checked(frame.getOpen()));
      }
      case DRAFT -> {
        EngineSession open = opened(current, "draft");
        int vocabulary = engine.model().config().vocabSize();
        DraftFrame draft =
            FrameReader.draft(frame.getDraft(), vocabulary, engine.limits(), open.verification());
        Refusal overrun = frames.drafts(open.undelivered(), draft.ids().length);
        if (overrun == null) {
          open.draft(draft);
        } else {
          refuse(overrun);
        }
      }
      case CANCEL -> opened(current, "cancel").cancel();
      case REPORT -> opened(current, "report");
      case FRAME_NOT_SET ->
          throw new UserError("not a frame, or one of a kind that this server does not know");
    }
  }

  private void admit(OpenFrame open) {
    Decision decision = gatekeeper.open(peer, open.prompt().length);
    if (decision instanceof Decision.Accepted accepted) {
      log = new SessionLines(open, peer);
      ticket = accepted.ticket();
      session = engine.open(open, peer, this);
    } else if (decision instanceof Decision.Refused no) {
      refused = true;
      end(no.refusal().asException());
    }
  }

  private void refuse(Refusal refusal) {
    gatekeeper.count(refusal);
    refused = true;
    end(refusal.asException());
    disconnected();
  }

  private static EngineSession opened(@Nullable EngineSession session, String kind) {
    if (session == null) {
      throw new UserError("the stream's first frame is " + kind + " instead of open");
    }
    return session;
  }

  private OpenFrame checked(Open open) {
    String served = engine.model().id();
    byte[] theirs = open.getTokenizerFingerprint().toByteArray();
    // Before the ids are looked at: those of another tokenizer would be refused for a lesser
    // reason.
    if (open.getProtocolVersion() == Protocol.VERSION
        && theirs.length == fingerprint.length
        && !Arrays.equals(theirs, fingerprint)) {
      throw new UserError(
          "the client's tokenizer "
              + abbreviate(theirs)
              + " is not the tokenizer "
              + abbreviate(fingerprint)
              + " of model '"
              + served
              + "'");
    }
    OpenFrame frame = FrameReader.open(open, engine.model().config().vocabSize(), engine.limits());
    if (!frame.modelId().isEmpty() && !frame.modelId().equals(served)) {
      throw new UserError(
          "this server serves model '" + served + "', not '" + frame.modelId() + "'");
    }
    if (frame.mode() == DecodeMode.COLOCATED && engine.draftModel() == null) {
      throw new UserError(
          "this server has no draft model for --decode colocated: serve with --draft-model, or ask"
              + " for server-only");
    }
    return frame;
  }

  private static String abbreviate(byte[] fingerprint) {
    return HexFormat.of().formatHex(fingerprint, 0, 6);
  }

  @Override
  public void onError(Throwable cause) {
    disconnected();
  }

  @Override
  public synchronized void onCompleted() {
    EngineSession current = session;
    if (refused) {
      return;
    }
    if (current == null) {
      refuseInput("the stream ended without an open frame");
    } else if (current.waitsForDrafts()) {
      refuseInput(
          "the client of a "
              + current.mode()
              + " session said its last word before the output was complete");
    }
    // Any other client that has said everything may still listen.
  }

  private void disconnected() {
    idle.remove(this);
    EngineSession current = session;
    if (current != null) {
      current.disconnected();
    }
  }

  @Override
  public void opened(OpenedFrame frame) {
    if (ticket != null) {
      ticket.started(gatekeeper.now());
    }
    lastSpoken = gatekeeper.now();
    asked = true;
    send(() -> responses.onNext(FrameWriter.opened(frame)));
  }

  @Override
  public void verdict(VerdictFrame frame) {
    lastSpoken = gatekeeper.now();
    send(() -> responses.onNext(FrameWriter.verdict(frame)));
  }

  @Override
  public void finished(FinishedFrame frame) {
    idle.remove(this);
    lines().finished(frame);
    send(
        () -> {
          responses.onNext(FrameWriter.finished(frame));
          closed = true;
          responses.onCompleted();
        });
  }

  @Override
  public void failed(String sentence) {
    lines().failed(sentence);
    end(Status.UNAVAILABLE.withDescription(sentence).asRuntimeException());
  }

  @Override
  public void released() {
    if (ticket != null) {
      ticket.close(gatekeeper.now());
    }
    SessionLines lines = lines();
    serial.execute(lines::ended);
  }

  private SessionLines lines() {
    return Objects.requireNonNull(log);
  }

  private void end(StatusRuntimeException status) {
    idle.remove(this);
    send(
        () -> {
          closed = true;
          responses.onError(status);
        });
  }

  private void send(Runnable task) {
    serial.execute(
        () -> {
          if (!closed && !responses.isCancelled()) {
            task.run();
          }
        });
  }
}
