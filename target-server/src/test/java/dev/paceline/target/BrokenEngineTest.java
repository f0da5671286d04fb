package dev.paceline.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
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
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A device that fails for good, as a GPU that falls off its bus does. */
@Timeout(120)
class BrokenEngineTest {
  private final AtomicBoolean broken = new AtomicBoolean();

  @Test
  void sessionsAreHandedBackAndProbesSeeIt() throws Exception {
    ServerOptions options =
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
            new AdmissionOptions(4, 60_000, 0, 1000, 1000),
            SecurityOptions.NONE,
            OptionalInt.empty());
    try (TargetServer server =
        TargetServer.start(options, (source, one) -> new Breaking(TargetModel.load(source, one)))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        assertThat(health(channel, "")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(channel, "paceline.v1.Speculation")).isEqualTo(ServingStatus.SERVING);
        broken.set(true);
        Status status = decode(channel).get(60, TimeUnit.SECONDS);
        assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(status.getDescription()).contains("fell off its bus", "resume elsewhere");
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> health(channel, "") == ServingStatus.NOT_SERVING);
        assertThat(health(channel, "paceline.v1.Speculation")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(decode(channel).get(60, TimeUnit.SECONDS).getCode())
            .isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(server.setWeight("broken", 2).get(60, TimeUnit.SECONDS)).isZero();
        assertThat(server.drain(Duration.ofSeconds(60))).as("no session is left").isTrue();
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static ServingStatus health(ManagedChannel channel, String service) {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.newBuilder().setService(service).build())
        .getStatus();
  }

  private static CompletableFuture<Status> decode(ManagedChannel channel) {
    CompletableFuture<Status> ended = new CompletableFuture<>();
    StreamObserver<ClientFrame> requests =
        SpeculationGrpc.newStub(channel)
            .decode(
                new StreamObserver<ServerFrame>() {
                  @Override
                  public void onNext(ServerFrame frame) {}

                  @Override
                  public void onError(Throwable error) {
                    ended.complete(Status.fromThrowable(error));
                  }

                  @Override
                  public void onCompleted() {
                    ended.complete(Status.OK);
                  }
                });
    Open.Builder open =
        Open.newBuilder()
            .setProtocolVersion(1)
            .setMaxTokens(5)
            .setMode(Mode.MODE_SERVER_ONLY)
            .addPromptIds(3)
            .setSessionId("broken");
    requests.onNext(ClientFrame.newBuilder().setOpen(open).build());
    return ended;
  }

  /** A model whose device is lost when told so. */
  private final class Breaking implements LanguageModel {
    private final LanguageModel model;

    Breaking(LanguageModel model) {
      this.model = model;
    }

    @Override
    public ModelInfo info() {
      return model.info();
    }

    @Override
    public StepResult step(List<Segment> segments) {
      if (broken.get()) {
        throw new LinkageError("the device fell off its bus");
      }
      return model.step(segments);
    }

    @Override
    public float[][] logits(int[] tokens) {
      return model.logits(tokens);
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
