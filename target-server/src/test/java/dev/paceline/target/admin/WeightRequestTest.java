package dev.paceline.target.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.UserError;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Over real HTTP; the engine behind it is a map, its range that of the real one. */
class WeightRequestTest {
  private final Map<String, Double> weights = new ConcurrentHashMap<>(Map.of("a", 1.0, "b/ü", 1.0));
  private final AdminServer server =
      AdminServer.start(
          0, new AdminServer.Pages(() -> Health.SERVING, () -> "", List::of, this::set));
  private final HttpClient client = HttpClient.newHttpClient();

  private CompletableFuture<Integer> set(String id, double weight) {
    if (!(weight >= 1e-6 && weight <= 1e6)) {
      throw new UserError("weight " + weight + " is not between 1e-6 and 1e6");
    }
    if (id.equals("broken")) {
      return CompletableFuture.failedFuture(new IllegalStateException("expected by this test"));
    }
    boolean known = weights.replace(id, weight) != null;
    return CompletableFuture.completedFuture(known ? 1 : 0);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + server.address().getPort() + path))
        .timeout(Duration.ofSeconds(20));
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    BodyPublisher publisher =
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    return client.send(request(path).POST(publisher).build(), BodyHandlers.ofString());
  }

  @Test
  void bodyAndQuerySetAWeight() throws Exception {
    HttpResponse<String> body = post("/sessions/a/weight", "value=2.5");
    assertThat(body.statusCode()).isEqualTo(200);
    assertThat(body.body()).contains("\"weight\":2.5", "\"sessions\":1");
    assertThat(weights).containsEntry("a", 2.5).containsEntry("b/ü", 1.0);
    assertThat(post("/sessions/b%2F%C3%BC/weight?value=4e-1", "").statusCode()).isEqualTo(200);
    assertThat(weights).containsEntry("a", 2.5).containsEntry("b/ü", 0.4);
  }

  @Test
  void whatIsNoWeightIsNamedAndChangesNothing() throws Exception {
    for (String value : List.of("0", "-1", "NaN", "Infinity", "1e7", "1e-7", "", "two", "2&x=3")) {
      HttpResponse<String> answer = post("/sessions/a/weight", "value=" + value);
      assertThat(answer.statusCode()).as(value).isEqualTo(400);
      String named =
          switch (value) {
            case "0", "-1" -> value + ".0";
            case "1e7", "1e-7" -> String.valueOf(Double.parseDouble(value));
            case "" -> "''";
            default -> value;
          };
      assertThat(answer.body()).contains(named);
    }
    assertThat(post("/sessions/a/weight", "value=%zz").statusCode()).isEqualTo(400);
    assertThat(post("/sessions/a/weight", "{\"value\": 2}").body()).contains("send 'value=NUMBER'");
    assertThat(post("/sessions/a/weight", "").statusCode()).isEqualTo(400);
    assertThat(post("/sessions/a/weight", "value=" + "1".repeat(1000)).statusCode()).isEqualTo(400);
    assertThat(weights).containsOnly(Map.entry("a", 1.0), Map.entry("b/ü", 1.0));
  }

  @Test
  void anUnknownSessionAndABrokenEngineAreSaid() throws Exception {
    HttpResponse<String> unknown = post("/sessions/no%22body/weight", "value=2");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(unknown.body()).contains("no session 'no\\\"body' is here");
    assertThat(post("/sessions//weight", "value=2").statusCode()).isEqualTo(405);
    assertThat(post("/sessions/broken/weight", "value=2").statusCode()).isEqualTo(503);
    assertThat(post("/sessions/a/weight", "value=2").statusCode()).isEqualTo(200);
  }

  @Test
  void otherMethodsAndPagesInBrowsersAreRefused() throws Exception {
    for (String method : List.of("GET", "HEAD", "PUT", "DELETE")) {
      HttpResponse<String> answer =
          client.send(
              request("/sessions/a/weight?value=2").method(method, BodyPublishers.noBody()).build(),
              BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(method).isEqualTo(405);
      assertThat(answer.headers().firstValue("Allow")).contains("POST");
    }
    HttpRequest page =
        request("/sessions/a/weight")
            .header("Origin", "http://example.com")
            .POST(BodyPublishers.ofString("value=2"))
            .build();
    assertThat(client.send(page, BodyHandlers.ofString()).statusCode()).isEqualTo(403);
    assertThat(weights).containsEntry("a", 1.0);
  }

  @Test
  void onlyThisMachineMaySetWeights() throws Exception {
    assertThat(WeightRequest.refusal(InetAddress.getByName("192.0.2.7"), null))
        .contains("192.0.2.7");
    assertThat(WeightRequest.refusal(InetAddress.getByName("::1"), null)).isNull();
    assertThat(WeightRequest.refusal(InetAddress.getLoopbackAddress(), null)).isNull();
  }
}
