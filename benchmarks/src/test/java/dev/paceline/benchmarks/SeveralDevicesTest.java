package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.target.ServerDraft;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.admission.AdmissionOptions;
import dev.paceline.target.engine.EngineOptions;
import dev.paceline.target.security.SecurityOptions;
import dev.paceline.v1.Mode;
import dev.paceline.v1.ServerFrame;
import io.grpc.Status;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two engines behind one port, each with one slot; on a machine with GPUs they are its GPUs. */
class SeveralDevicesTest {
  private static TargetServer server;
  private static RawClient client;

  @BeforeAll
  static void start() {
    server =
        TargetServer.start(
            new ServerOptions(
                ModelRegistry.NANO,
                "127.0.0.1",
                0,
                null,
                "cpu,cpu",
                OptionalInt.of(1),
                0,
                1,
                new EngineOptions(32, 32, 8, 0, 0),
                new AdmissionOptions(0, 1000, 0, 1000, 1000),
                SecurityOptions.NONE,
                OptionalInt.of(0),
                Optional.of(new ServerDraft(ModelRegistry.NANO, Precision.FP32)),
                ServerOptions.USUAL_KEEP_ALIVE));
    client = new RawClient(server.port());
  }

  @AfterAll
  static void stop() {
    client.close();
    server.close();
  }

  @BeforeEach
  void untilBothAreFree() {
    Awaitility.await().untilAsserted(() -> assertThat(page("/debug/sessions")).contains("[]"));
  }

  private static int[] prompt(int first) {
    int[] prompt = new int[24];
    Arrays.setAll(prompt, i -> first + 7 * i);
    return prompt;
  }

  private static RawClient.Call open(int[] prompt, Mode mode, int tokens) {
    return client.call().send(RawClient.frame(RawClient.request(prompt, mode, tokens)));
  }

  private static String page(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + server.adminPort().orElseThrow() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  @Test
  void eachTakesASessionAndOperatorsSeeWhich() throws Exception {
    RawClient.Call one = open(prompt(1), Mode.MODE_SYNC, 4);
    RawClient.Call two = open(prompt(2), Mode.MODE_SYNC, 4);
    one.awaitOpened();
    two.awaitOpened();
    assertThat(open(prompt(3), Mode.MODE_SYNC, 4).status().getCode())
        .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    assertThat(page("/debug/sessions")).contains("\"engine\":\"cpu-0\"", "\"engine\":\"cpu-1\"");
    assertThat(page("/metrics"))
        .contains("paceline_num_requests_running{engine=\"cpu-0\"} 1.0")
        .contains("paceline_num_requests_running{engine=\"cpu-1\"} 1.0")
        .contains("paceline_requests_refused_total{reason=");
    assertThat(server.setWeight("raw", 2).join()).isGreaterThanOrEqualTo(0);
    one.send(RawClient.cancel());
    two.send(RawClient.cancel());
    assertThat(one.status().isOk()).isTrue();
    assertThat(two.status().isOk()).isTrue();
  }

  @Test
  void textsGoBackToWhereTheirBeginningsAre() throws Exception {
    int[] first = output(prompt(100), 0);
    untilBothAreFree();
    int[] second = output(prompt(200), 0);
    // With one slot each, either would be gone if the other had been sent to its engine.
    for (int round = 0; round < 2; round++) {
      untilBothAreFree();
      assertThat(output(prompt(200), 23)).isEqualTo(second);
      untilBothAreFree();
      assertThat(output(prompt(100), 23)).isEqualTo(first);
    }
  }

  /** Runs a session; whichever engine it meets, its output is the same in every mode. */
  private static int[] output(int[] prompt, int leastCached) {
    Mode mode = prompt[0] == 100 ? Mode.MODE_COLOCATED : Mode.MODE_SERVER_ONLY;
    RawClient.Call call = open(prompt, mode, 40);
    ServerFrame opened = call.await(ServerFrame::hasOpened);
    assertThat(call.status().isOk()).isTrue();
    assertThat(opened.getOpened().getCachedPrefix()).isGreaterThanOrEqualTo(leastCached);
    return call.output();
  }
}
