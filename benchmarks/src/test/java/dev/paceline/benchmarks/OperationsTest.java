package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Mode;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an operator's tools and a caller's deadline meet on the server's port. */
class OperationsTest {
  private static BuiltInPair pair;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(1);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", pair.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    pair.close();
  }

  /** Completes with the first answer, or fails with the call's status. */
  private record First<T>(CompletableFuture<T> answer, CompletableFuture<Status> ended)
      implements StreamObserver<T> {
    First() {
      this(new CompletableFuture<>(), new CompletableFuture<>());
    }

    @Override
    public void onNext(T value) {
      answer.complete(value);
    }

    @Override
    public void onError(Throwable error) {
      answer.completeExceptionally(error);
      ended.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }

  @Test
  void reflectionNamesTheServices() throws Exception {
    First<ServerReflectionResponse> first = new First<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel).serverReflectionInfo(first);
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    List<String> names =
        first.answer().get(20, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
            .map(ServiceResponse::getName)
            .toList();
    requests.onCompleted();
    assertThat(names).contains("paceline.v1.Speculation", "grpc.health.v1.Health");
  }

  /**
   * The session waits for a block that never comes; its deadline ends it and gives the slot back.
   */
  @Test
  void aDeadlineEndsTheSessionAndFreesItsSlot() throws Exception {
    First<ServerFrame> first = new First<>();
    StreamObserver<ClientFrame> requests =
        SpeculationGrpc.newStub(channel).withDeadlineAfter(2, TimeUnit.SECONDS).decode(first);
    requests.onNext(RawClient.frame(RawClient.request(new int[] {1, 2, 3}, Mode.MODE_SYNC, 4)));
    assertThat(first.answer().get(20, TimeUnit.SECONDS).hasOpened()).isTrue();
    assertThat(first.ended().get(20, TimeUnit.SECONDS).getCode())
        .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    pair.assertFree(1);
  }
}
