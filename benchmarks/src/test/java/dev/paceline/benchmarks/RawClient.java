package dev.paceline.benchmarks;

import dev.paceline.common.wire.Protocol;
import dev.paceline.v1.Cancel;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A client that sends whatever it is told to, over a connection of its own. */
final class RawClient implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  private static final MethodDescriptor.Marshaller<ServerFrame> SERVER_FRAMES =
      SpeculationGrpc.getDecodeMethod().getResponseMarshaller();

  private final ManagedChannel channel;
  private final List<Call> deaf = new CopyOnWriteArrayList<>();

  RawClient(int port) {
    channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().directExecutor().build();
  }

  /** A request that every server of the built-in pair serves. */
  static Open.Builder request(int[] prompt, Mode mode, int maxTokens) {
    Open.Builder open =
        Open.newBuilder()
            .setProtocolVersion(Protocol.VERSION)
            .setMode(mode)
            .setMaxTokens(maxTokens)
            .setSessionId("raw");
    for (int id : prompt) {
      open.addPromptIds(id);
    }
    return open;
  }

  static ClientFrame frame(Open.Builder open) {
    return ClientFrame.newBuilder().setOpen(open).build();
  }

  static ClientFrame draft(int epoch, int position, int... ids) {
    Draft.Builder draft = Draft.newBuilder().setEpoch(epoch).setPosition(position);
    for (int id : ids) {
      draft.addIds(id);
    }
    return ClientFrame.newBuilder().setDraft(draft).build();
  }

  static ClientFrame cancel() {
    return ClientFrame.newBuilder().setCancel(Cancel.getDefaultInstance()).build();
  }

  /** Starts a stream. */
  Call call() {
    Call call = new Call(true);
    SpeculationGrpc.newStub(channel).decode(call);
    return call;
  }

  /** Starts a stream and never reads from it. */
  Call deafCall() {
    Call call = new Call(false);
    SpeculationGrpc.newStub(channel).decode(call);
    deaf.add(call);
    return call;
  }

  /** One stream whose only frame is these bytes, whatever they mean. */
  Status statusOfBytes(byte[] bytes) {
    MethodDescriptor<byte[], ServerFrame> method =
        SpeculationGrpc.getDecodeMethod().toBuilder(Bytes.INSTANCE, SERVER_FRAMES).build();
    CompletableFuture<Status> ended = new CompletableFuture<>();
    ClientCall<byte[], ServerFrame> call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            ended.complete(status);
          }
        },
        new Metadata());
    call.request(1000);
    call.sendMessage(bytes);
    call.halfClose();
    return join(ended);
  }

  /** One stream that sends these frames and reads to the end. */
  Status statusOf(ClientFrame... frames) {
    Call call = call();
    for (ClientFrame frame : frames) {
      call.send(frame);
    }
    return call.status();
  }

  private static Status join(CompletableFuture<Status> status) {
    try {
      return status.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the server did not end the stream", e);
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Messages that are what they are. */
  private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
    INSTANCE;

    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      throw new UnsupportedOperationException("only sent");
    }
  }

  /**
   * Breaks the connection. Streams that were never read are cancelled first: gRPC's client keeps
   * what arrived for them, and a stream that the server has ended is beyond the reach of the
   * channel's end, so that its buffers would be collected unreleased.
   */
  @Override
  public void close() {
    deaf.forEach(Call::reset);
    channel.shutdownNow();
    try {
      channel.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One stream and what the server said on it. */
  static final class Call implements ClientResponseObserver<ClientFrame, ServerFrame> {
    private final boolean reads;
    private final List<ServerFrame> frames = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Status> status = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<ClientFrame>> requests =
        new CompletableFuture<>();

    private Call(boolean reads) {
      this.reads = reads;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ClientFrame> stream) {
      if (!reads) {
        stream.disableAutoRequestWithInitial(0);
      }
      requests.complete(stream);
    }

    @Override
    public void onNext(ServerFrame frame) {
      frames.add(frame);
    }

    @Override
    public void onError(Throwable error) {
      status.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      status.complete(Status.OK);
    }

    /** Sends a frame; one that comes after the stream's end goes nowhere, as on a real network. */
    Call send(ClientFrame frame) {
      try {
        requests.join().onNext(frame);
      } catch (IllegalStateException e) {
        if (!status.isDone()) {
          throw e;
        }
      }
      return this;
    }

    void halfClose() {
      requests.join().onCompleted();
    }

    /** Resets the stream; the connection stays. */
    void reset() {
      requests.join().cancel("reset by the test", null);
    }

    /** Waits for a frame of a kind. */
    ServerFrame await(Predicate<ServerFrame> wanted) {
      Awaitility.await()
          .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .until(() -> frames.stream().anyMatch(wanted) || status.isDone());
      return frames.stream()
          .filter(wanted)
          .findFirst()
          .orElseThrow(() -> new AssertionError("the stream ended with " + status.join()));
    }

    void awaitOpened() {
      await(ServerFrame::hasOpened);
    }

    /** Waits for the stream's end. */
    Status status() {
      return join(status);
    }

    /** The output ids of all verdicts so far. */
    int[] output() {
      return frames.stream()
          .filter(ServerFrame::hasVerdict)
          .flatMap(frame -> frame.getVerdict().getOutputIdsList().stream())
          .mapToInt(Integer::intValue)
          .toArray();
    }
  }
}
