package dev.paceline.draft.openai;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and how many at once. */
class ApiAccessTest extends ApiFixture {
  @Test
  void untilTheModelIsThereTheAnswerIs503() throws Exception {
    server.close();
    CountDownLatch loaded = new CountDownLatch(1);
    lanes =
        new Lanes(
            1,
            () -> {
              Awaitility.await().atMost(PATIENCE).until(() -> loaded.getCount() == 0);
              return new FakeText(tokenizer);
            });
    server = new ApiServer(loopback(), null, lanes, tokenizer);
    CompletableFuture<Void> loading = CompletableFuture.runAsync(server::load);
    error(get("/health"), 503);
    error(get("/v1/models"), 503);
    error(send(completion("\"prompt\":\"a\"")), 503);
    loaded.countDown();
    loading.join();
    HttpResponse<String> health = get("/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body().strip()).isEqualTo("{\"status\":\"ok\"}");
  }

  @Test
  void whenAllLanesAreTakenTheAnswerIs429() throws Exception {
    try (Reader one = endless(true);
        Reader two = endless(true)) {
      assertThat(one.line()).contains("w0");
      assertThat(two.line()).contains("w0");
      HttpResponse<String> refused = send(completion("\"prompt\":\"a\""));
      assertThat(error(refused, 429).path("code").asText()).isEqualTo("rate_limit_exceeded");
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat(get("/metrics").body()).contains("paceline_num_requests_running 2.0");
    }
    awaitIdle();
    assertThat(send(completion("\"prompt\":\"a\"")).statusCode()).isEqualTo(200);
    assertThat(get("/metrics").body())
        .contains("paceline_request_finished_total{reason=\"cancelled\"} 2.0")
        .contains("paceline_requests_refused_total{status=\"429\"} 1.0")
        .contains("paceline_num_requests_running 0.0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aClientThatGoesAwayEndsItsText(boolean stream) throws Exception {
    try (Reader reader = endless(stream)) {
      Awaitility.await().atMost(PATIENCE).until(() -> lanes.busy() == 1);
      if (stream) {
        assertThat(reader.line()).contains("w0");
      }
    }
    awaitIdle();
  }

  @Test
  void aKeyIsAskedForWhereThereIsOne() throws Exception {
    server.close();
    lanes = new Lanes(1, () -> new FakeText(tokenizer));
    server = new ApiServer(loopback(), "s3cret", lanes, tokenizer);
    server.load();
    error(get("/v1/models"), 401);
    for (String wrong : List.of("Bearer s3cre", "Bearer s3crett", "Bearer ", "s3cret", "Basic x")) {
      HttpResponse<String> refused = send(to("/v1/models").header("Authorization", wrong).build());
      assertThat(error(refused, 401).path("message").asText()).contains("API key");
      assertThat(refused.body()).doesNotContain("s3cre");
    }
    HttpResponse<String> right =
        send(to("/v1/models").header("Authorization", "Bearer s3cret").build());
    assertThat(right.statusCode()).isEqualTo(200);
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  /** A web page's name for this machine, after its owner has changed where it leads. */
  @Test
  void aHostNameThatIsNotThisMachineIsRefused() throws Exception {
    for (String host :
        List.of("evil.example", "127.0.0.1.evil.example", "localhost.evil.example")) {
      try (Reader reader =
          new Reader("GET /v1/models HTTP/1.1\r\nHost: " + host + ":8080\r\n\r\n")) {
        assertThat(reader.in.readLine()).startsWith("HTTP/1.1 403");
      }
    }
    for (String host : List.of("localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080")) {
      try (Reader reader = new Reader("GET /v1/models HTTP/1.1\r\nHost: " + host + "\r\n\r\n")) {
        assertThat(reader.in.readLine()).startsWith("HTTP/1.1 200");
      }
    }
  }
}
