package dev.paceline.target.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
  private volatile Health health = Health.LOADING;
  private volatile Runnable beforeSessions = () -> {};
  private final AdminServer server =
      AdminServer.start(
          0,
          new AdminServer.Pages(
              () -> health,
              () -> "paceline_up 1\n",
              () -> {
                beforeSessions.run();
                return List.of(
                    new SessionSnapshot(
                        "phone-\"7",
                        "token-1",
                        "stream",
                        "decoding",
                        3,
                        2,
                        40,
                        30,
                        10,
                        64,
                        4,
                        20,
                        15,
                        8,
                        6,
                        2.0,
                        0.25,
                        1234,
                        "cuda:1"));
              },
              (id, weight) -> {
                throw new IllegalStateException("no test here sets a weight");
              }));
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  @AfterEach
  void close() {
    server.close();
  }

  private HttpRequest request(String method, String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .method(method, HttpRequest.BodyPublishers.noBody())
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<String> send(String method, String path) throws Exception {
    return client.send(request(method, path), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void healthFollowsTheServer() throws Exception {
    assertThat(send("GET", "/health").statusCode()).isEqualTo(503);
    health = Health.SERVING;
    HttpResponse<String> serving = send("GET", "/health");
    assertThat(serving.statusCode()).isEqualTo(200);
    assertThat(serving.body()).isEqualTo("{\"status\":\"ok\"}");
    health = Health.DRAINING;
    assertThat(send("GET", "/health").body()).isEqualTo("{\"status\":\"draining\"}");
    assertThat(send("HEAD", "/health").statusCode()).isEqualTo(503);
  }

  @Test
  void metricsAndSessionsAreServed() throws Exception {
    HttpResponse<String> metrics = send("GET", "/metrics?name=x");
    assertThat(metrics.body()).isEqualTo("paceline_up 1\n");
    assertThat(metrics.headers().firstValue("Content-Type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    JsonNode sessions = new ObjectMapper().readTree(send("GET", "/debug/sessions").body());
    JsonNode session = sessions.get("sessions").get(0);
    assertThat(session.get("sessionId").asText()).isEqualTo("phone-\"7");
    assertThat(session.get("accepted").asInt()).isEqualTo(15);
    assertThat(session.get("counter").asDouble()).isEqualTo(0.25);
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    for (String path : List.of("/", "/healthz", "/health/", "/debug", "/metrics/x")) {
      assertThat(send("GET", path).statusCode()).as(path).isEqualTo(404);
    }
    HttpResponse<String> post = send("POST", "/health");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void aFailingPageIsA500AndTheNextOneWorks() throws Exception {
    beforeSessions =
        () -> {
          throw new IllegalStateException("expected by this test");
        };
    assertThat(send("GET", "/debug/sessions").statusCode()).isEqualTo(500);
    assertThat(send("GET", "/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void aTakenPortIsNamed() {
    assertThatThrownBy(
            () ->
                AdminServer.start(
                    server.address(),
                    new AdminServer.Pages(
                        () -> Health.SERVING,
                        () -> "",
                        List::of,
                        (id, weight) -> CompletableFuture.completedFuture(0))))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(Integer.toString(server.address().getPort()));
  }

  @Test
  void aFloodBehindASlowPageIsSurvived() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    beforeSessions =
        () -> {
          try {
            assertThat(open.await(20, TimeUnit.SECONDS)).isTrue();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    List<CompletableFuture<Integer>> flood = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      flood.add(
          client
              .sendAsync(request("GET", "/debug/sessions"), HttpResponse.BodyHandlers.discarding())
              .handle((response, failure) -> response == null ? -1 : response.statusCode()));
    }
    open.countDown();
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .until(() -> send("GET", "/metrics").statusCode() == 200);
    assertThat(flood.get(0).get(20, TimeUnit.SECONDS)).isIn(200, -1);
  }

  @Test
  void connectionsThatNeverFinishTheirRequestAreCut() throws Exception {
    List<Socket> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 8; i++) {
        Socket socket = new Socket("127.0.0.1", server.address().getPort());
        String part =
            i % 2 == 0
                ? "GET /health HT"
                : "POST /sessions/a/weight HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\nval";
        socket.getOutputStream().write(part.getBytes(StandardCharsets.US_ASCII));
        slow.add(socket);
      }
      await()
          .atMost(Duration.ofSeconds(25))
          .ignoreExceptions()
          .until(() -> send("GET", "/metrics").statusCode() == 200);
    } finally {
      for (Socket socket : slow) {
        socket.close();
      }
    }
  }
}
