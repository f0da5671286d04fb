package dev.paceline.draft.rpc;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.wire.FrameReader;
import dev.paceline.common.wire.FrameWriter;
import dev.paceline.common.wire.WireBytes;
import dev.paceline.draft.core.SpeculationTransport;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;

/** One {@code Decode} call. */
final class GrpcStream
    implements SpeculationTransport.Stream, ClientResponseObserver<ClientFrame, ServerFrame> {
  private static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private final SpeculationTransport.Receiver receiver;
  private final int vocabulary;
  private final ClientCallStreamObserver<ClientFrame> requests;
  private final Runnable doubt;
  private boolean finished;

  /**
   * @param doubt called when the connection may be dead
   */
  GrpcStream(
      SpeculationGrpc.SpeculationStub stub,
      SpeculationTransport.Receiver receiver,
      int vocabulary,
      Runnable doubt) {
    this.receiver = receiver;
    this.vocabulary = vocabulary;
    this.doubt = doubt;
    requests = (ClientCallStreamObserver<ClientFrame>) stub.decode(this);
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<ClientFrame> stream) {}

  @Override
  public int open(OpenFrame frame) {
    return send(FrameWriter.open(frame));
  }

  @Override
  public int draft(DraftFrame frame) {
    return send(FrameWriter.draft(frame));
  }

  private int send(ClientFrame frame) {
    requests.onNext(frame);
    return WireBytes.of(frame);
  }

  @Override
  public void cancel() {
    requests.onNext(FrameWriter.cancel());
  }

  @Override
  public void doubt() {
    doubt.run();
  }

  @Override
  public void abandon() {
    requests.cancel("the client gave the stream up", null);
  }

  @Override
  public void onNext(ServerFrame frame) {
    try {
      switch (frame.getFrameCase()) {
        case OPENED -> receiver.opened(FrameReader.opened(frame.getOpened()));
        case VERDICT -> receiver.verdict(FrameReader.verdict(frame.getVerdict(), vocabulary));
        case FINISHED -> {
          finished = true;
          receiver.finished(FrameReader.finished(frame.getFinished()));
        }
        case ALLOCATION, FRAME_NOT_SET -> {
          // Advice, or a kind from a newer server: the output does not depend on it.
        }
      }
    } catch (UserError e) {
      finished = true;
      receiver.refused("the server's answer is not valid: " + e.getMessage());
    }
  }

  @Override
  public void onError(Throwable error) {
    if (finished) {
      return;
    }
    Status status = Status.fromThrowable(error);
    switch (status.getCode()) {
      case INVALID_ARGUMENT,
          NOT_FOUND,
          UNIMPLEMENTED,
          UNAUTHENTICATED,
          PERMISSION_DENIED,
          FAILED_PRECONDITION ->
          receiver.refused(GrpcTransport.sentence(status));
      case RESOURCE_EXHAUSTED -> receiver.busy(GrpcTransport.sentence(status), retryAfter(error));
      default -> receiver.lost(GrpcTransport.sentence(status));
    }
  }

  /** The server's hint, milliseconds; 0 without one that makes sense. */
  private static long retryAfter(Throwable error) {
    Metadata trailers = Status.trailersFromThrowable(error);
    String hint = trailers == null ? null : trailers.get(RETRY_AFTER);
    return hint != null && hint.matches("[0-9]{1,9}") ? Long.parseLong(hint) : 0;
  }

  @Override
  public void onCompleted() {
    if (!finished) {
      receiver.lost("the server ended the stream without a result");
    }
  }
}
