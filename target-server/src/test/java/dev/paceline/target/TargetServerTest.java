package dev.paceline.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.admission.Refusal;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Draft;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A whole server with the built-in model, one session at a time, and raw streams to it. */
@Timeout(120)
class TargetServerTest {
  private TargetServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() {
    server =
        TargetServer.start(
            new ServerOptions(
                ModelRegistry.NANO,
                "127.0.0.1",
                0,
                Precision.FP32,
                "cpu",
                OptionalInt.of(2),
                0,
                1,
                new EngineOptions(16, 16, 8, 1, 0),
                new AdmissionOptions(0, 1000, 8, 1000, 50),
                SecurityOptions.NONE,
                OptionalInt.of(0)));
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  /** A stream whose session waits for drafts that never come, so that it holds its place. */
  private Call hold(String id) {
    Call call = new Call(channel);
    call.open(id, 2);
    return call;
  }

  @Test
  void refusesWhatHasNoPlaceAndFreesAPlaceOnCancel() {
    Call first = hold("first");
    first.opened.join();
    Call second = hold("second");
    StatusRuntimeException refusal = second.error();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(refusal.getTrailers()).isNotNull();
    assertThat(Long.parseLong(refusal.getTrailers().get(Refusal.RETRY_AFTER))).isPositive();

    first.cancel();
    await()
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              Call third = hold("third");
              assertThat(third.opened.get(20, TimeUnit.SECONDS)).isTrue();
            });
  }

  @Test
  void refusesAPromptOverTheLimitAndAFlood() {
    Call tooLong = new Call(channel);
    tooLong.open("long", 9);
    assertThat(tooLong.error().getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    assertThat(tooLong.error()).hasMessageContaining("9 tokens").hasMessageContaining("at most 8");

    Call flood = hold("flood");
    flood.opened.join();
    for (int i = 0; i < 100; i++) {
      flood.draft();
    }
    assertThat(flood.error().getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(flood.error()).hasMessageContaining("frames per second");
  }

  @Test
  void drainsThenHandsBackWhatIsLeft() throws Exception {
    Call left = hold("left");
    left.opened.join();
    assertThat(health()).isEqualTo(ServingStatus.SERVING);
    assertThat(page("/health")).contains("ok");
    assertThat(page("/debug/sessions")).contains("\"sessionId\":\"left\"", "127.0.0.1");
    assertThat(page("/metrics")).contains("paceline_num_requests_running 1.0");

    assertThat(server.drain(Duration.ofMillis(50))).isFalse();
    assertThat(health()).isEqualTo(ServingStatus.NOT_SERVING);
    assertThat(page("/health")).contains("draining");
    StatusRuntimeException refusal = hold("late").error();
    assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(refusal).hasMessageContaining("draining").hasMessageContaining("resume elsewhere");

    server.close();
    assertThat(left.error().getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    assertThat(left.error()).hasMessageContaining("resume elsewhere");
  }

  @Test
  void aRunningSessionsWeightIsSetOverTheAdminPort() throws Exception {
    hold("phone 7").opened.join();
    assertThat(page("/debug/sessions")).contains("\"sessionId\":\"phone?7\"", "\"weight\":1.0");
    assertThat(setWeight("phone%207", "2").statusCode()).isEqualTo(200);
    assertThat(page("/debug/sessions")).contains("\"weight\":2.0");
    HttpResponse<String> asShown = setWeight("phone%3F7", "0.5");
    assertThat(asShown.statusCode()).isEqualTo(200);
    assertThat(page("/debug/sessions")).contains("\"weight\":0.5");

    HttpResponse<String> tooMuch = setWeight("phone%207", "1e7");
    assertThat(tooMuch.statusCode()).isEqualTo(400);
    assertThat(tooMuch.body()).contains("weight 1.0E7", "between 1e-6 and 1e6");
    assertThat(setWeight("phone%207", "NaN").statusCode()).isEqualTo(400);
    assertThat(setWeight("phone%208", "2").statusCode()).isEqualTo(404);
    assertThat(page("/debug/sessions")).contains("\"weight\":0.5");
  }

  private HttpResponse<String> setWeight(String id, String value) throws Exception {
    URI uri =
        URI.create(
            "http://127.0.0.1:" + server.adminPort().orElseThrow() + "/sessions/" + id + "/weight");
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(uri)
                .POST(HttpRequest.BodyPublishers.ofString("value=" + value))
                .build(),
            BodyHandlers.ofString());
  }

  @Test
  void drainsAtOnceWithoutSessions() throws Exception {
    Call only = hold("only");
    only.opened.join();
    only.cancel();
    assertThat(server.drain(Duration.ofSeconds(60))).isTrue();
  }

  private ServingStatus health() {
    return HealthGrpc.newBlockingStub(channel)
        .withDeadlineAfter(20, TimeUnit.SECONDS)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private String page(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.adminPort().orElseThrow() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  /** One Decode call. */
  private static final class Call implements StreamObserver<ServerFrame> {
    final CompletableFuture<Boolean> opened = new CompletableFuture<>();
    private final CompletableFuture<StatusRuntimeException> ended = new CompletableFuture<>();
    private final StreamObserver<ClientFrame> requests;

    Call(ManagedChannel channel) {
      requests = SpeculationGrpc.newStub(channel).decode(this);
    }

    void open(String id, int promptTokens) {
      Open.Builder open =
          Open.newBuilder()
              .setProtocolVersion(1)
              .setMaxTokens(5)
              .setMode(Mode.MODE_SYNC)
              .setSessionId(id);
      for (int i = 0; i < promptTokens; i++) {
        open.addPromptIds(i);
      }
      requests.onNext(ClientFrame.newBuilder().setOpen(open).build());
    }

    void draft() {
      requests.onNext(
          ClientFrame.newBuilder().setDraft(Draft.newBuilder().setPosition(7).addIds(1)).build());
    }

    void cancel() {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }

    StatusRuntimeException error() {
      return ended.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Override
    public void onNext(ServerFrame frame) {
      opened.complete(true);
    }

    @Override
    public void onError(Throwable error) {
      ended.complete((StatusRuntimeException) error);
      opened.complete(false);
    }

    @Override
    public void onCompleted() {
      ended.complete(Status.OK.asRuntimeException());
    }
  }
}
