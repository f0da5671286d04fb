package dev.paceline.target.rpc;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.wire.FrameReader;
import dev.paceline.common.wire.FrameWriter;
import dev.paceline.target.engine.EngineSession;
import dev.paceline.target.engine.SessionOutput;
import dev.paceline.target.engine.VerificationEngine;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Decode} stream. Frames come in on gRPC's thread of the call, one at a time; answers go
 * out through a serial executor, so that the engine's thread never serialises a message or waits
 * for a socket.
 */
final class SessionStream implements StreamObserver<ClientFrame>, SessionOutput {
  private final VerificationEngine engine;
  private final byte[] fingerprint;
  private final String peer;
  private final ServerCallStreamObserver<ServerFrame> responses;
  private final Executor serial;
  private @Nullable EngineSession session;
  private boolean refused;

  /** Guarded by {@link #serial}: nothing may follow the end. */
  private boolean closed;

  /**
   * @param fingerprint of the tokenizer that belongs to the model; empty if the model has none
   * @param peer who called
   * @param serial runs one task at a time, in order
   */
  SessionStream(
      VerificationEngine engine,
      byte[] fingerprint,
      String peer,
      ServerCallStreamObserver<ServerFrame> responses,
      Executor serial) {
    this.engine = engine;
    this.fingerprint = fingerprint;
    this.peer = peer;
    this.responses = responses;
    this.serial = serial;
    responses.setOnCancelHandler(this::disconnected);
  }

  @Override
  public void onNext(ClientFrame frame) {
    if (refused) {
      return;
    }
    try {
      handle(frame);
    } catch (UserError e) {
      refused = true;
      end(Status.INVALID_ARGUMENT.withDescription(e.getMessage()));
      disconnected();
    }
  }

  private void handle(ClientFrame frame) {
    EngineSession current = session;
    switch (frame.getFrameCase()) {
      case OPEN -> {
        if (current != null) {
          throw new UserError("a stream has one open frame, this is the second");
        }
        session = engine.open(checked(frame.getOpen()), peer, this);
      }
      case DRAFT -> {
        int vocabulary = engine.model().config().vocabSize();
        opened(current, "draft")
            .draft(FrameReader.draft(frame.getDraft(), vocabulary, engine.limits()));
      }
      case CANCEL -> opened(current, "cancel").cancel();
      case REPORT -> opened(current, "report");
      case FRAME_NOT_SET -> throw new UserError("a frame of a kind that this server does not know");
    }
  }

  private static EngineSession opened(@Nullable EngineSession session, String kind) {
    if (session == null) {
      throw new UserError("the stream's first frame is " + kind + " instead of open");
    }
    return session;
  }

  private OpenFrame checked(Open open) {
    OpenFrame frame = FrameReader.open(open, engine.model().config().vocabSize(), engine.limits());
    String served = engine.model().id();
    if (!frame.modelId().isEmpty() && !frame.modelId().equals(served)) {
      throw new UserError(
          "this server serves model '" + served + "', not '" + frame.modelId() + "'");
    }
    byte[] theirs = frame.tokenizerFingerprint();
    if (theirs.length > 0 && fingerprint.length > 0 && !Arrays.equals(theirs, fingerprint)) {
      throw new UserError(
          "the client's tokenizer "
              + abbreviate(theirs)
              + " is not the tokenizer "
              + abbreviate(fingerprint)
              + " of model '"
              + served
              + "'");
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
  public void onCompleted() {
    if (session == null && !refused) {
      end(Status.INVALID_ARGUMENT.withDescription("the stream ended without an open frame"));
    }
    // A client that has said everything may still listen.
  }

  private void disconnected() {
    EngineSession current = session;
    if (current != null) {
      current.disconnected();
    }
  }

  @Override
  public void opened(OpenedFrame frame) {
    send(() -> responses.onNext(FrameWriter.opened(frame)));
  }

  @Override
  public void verdict(VerdictFrame frame) {
    send(() -> responses.onNext(FrameWriter.verdict(frame)));
  }

  @Override
  public void finished(FinishedFrame frame) {
    send(
        () -> {
          responses.onNext(FrameWriter.finished(frame));
          closed = true;
          responses.onCompleted();
        });
  }

  @Override
  public void failed(String sentence) {
    end(Status.UNAVAILABLE.withDescription(sentence));
  }

  private void end(Status status) {
    send(
        () -> {
          closed = true;
          responses.onError(status.asRuntimeException());
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
