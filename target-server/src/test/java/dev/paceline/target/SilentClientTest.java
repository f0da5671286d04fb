package dev.paceline.target;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients whose connection lives and who say nothing more, at a server that waits one second. */
@Timeout(120)
class SilentClientTest {
  private static TargetServer server;
  private static ManagedChannel channel;

  @BeforeAll
  static void start() {
    server =
        TargetServer.start(
            new ServerOptions(
                ModelRegistry.NANO,
                "127.0.0.1",
                0,
                Precision.FP32,
                "cpu",
                OptionalInt.of(1),
                0,
                1,
                new EngineOptions(16, 16, 8, 0, 0),
                new AdmissionOptions(4, 60_000, 0, 1000, 1000, 1),
                SecurityOptions.NONE,
                OptionalInt.empty()));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  @Test
  void aStreamWithoutAnOpenFrameIsEnded() throws Exception {
    Status status = new Call().status();
    assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(status.getDescription()).contains("1 seconds", "open frame");
  }

  @Test
  void aSessionThatNobodyDraftsForGivesItsSlotToTheNext() throws Exception {
    Call first = new Call().open(Mode.MODE_SYNC, 5);
    Call next = new Call().open(Mode.MODE_SERVER_ONLY, 5);
    assertThat(first.status().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
    assertThat(first.status().getDescription()).contains("drafts");
    assertThat(next.status().getCode()).isEqualTo(Status.Code.OK);
    assertThat(next.tokens).hasValue(5);
  }

  /** Its 200 tokens may take longer than the second; nothing is expected of the client. */
  @Test
  void aSessionThatNeedsNoDraftsRunsToItsEnd() throws Exception {
    Call call = new Call().open(Mode.MODE_STREAM, 200);
    assertThat(call.status().getCode()).isEqualTo(Status.Code.OK);
    assertThat(call.tokens).hasValue(200);
  }

  /** One stream. */
  private static final class Call implements StreamObserver<ServerFrame> {
    final AtomicInteger tokens = new AtomicInteger();
    private final CompletableFuture<Status> ended = new CompletableFuture<>();
    private final StreamObserver<ClientFrame> requests =
        SpeculationGrpc.newStub(channel).decode(this);

    Call open(Mode mode, int maxTokens) {
      Open.Builder open =
          Open.newBuilder()
              .setProtocolVersion(1)
              .setMaxTokens(maxTokens)
              .setMode(mode)
              .addPromptIds(3)
              .setSessionId("silent");
      requests.onNext(ClientFrame.newBuilder().setOpen(open).build());
      return this;
    }

    Status status() throws Exception {
      return ended.get(60, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(ServerFrame frame) {
      tokens.addAndGet(frame.getVerdict().getOutputIdsCount());
    }

    @Override
    public void onError(Throwable error) {
      ended.complete(Status.fromThrowable(error));
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK);
    }
  }
}
