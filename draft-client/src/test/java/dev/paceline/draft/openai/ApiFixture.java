package dev.paceline.draft.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;

/** A server on loopback with a model that costs nothing, and what asks it. */
abstract class ApiFixture {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  static final ObjectMapper JSON = new ObjectMapper();
  static final HttpClient HTTP = HttpClient.newHttpClient();

  static Tokenizer tokenizer;
  Lanes lanes;
  ApiServer server;

  @BeforeAll
  static void open() {
    tokenizer =
        Tokenizer.open(ModelRegistry.standard().pair(ModelRegistry.NANO).draft().directory());
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  @BeforeEach
  void start() {
    lanes = new Lanes(2, () -> new FakeText(tokenizer));
    server = new ApiServer(loopback(), null, lanes, tokenizer);
    server.load();
  }

  static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(PATIENCE);
  }

  HttpRequest completion(String fields) {
    return to("/v1/completions")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"org/fake\"," + fields + "}"))
        .build();
  }

  static HttpResponse<String> send(HttpRequest request) throws Exception {
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(to(path).build());
  }

  static JsonNode error(HttpResponse<String> response, int status) throws Exception {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.path("message").asText()).isNotEmpty();
    assertThat(error.path("type").asText()).isNotEmpty();
    assertThat(error.has("param")).isTrue();
    assertThat(error.has("code")).isTrue();
    return error;
  }

  static JsonNode event(String line) throws Exception {
    return JSON.readTree(line.substring("data: ".length()));
  }

  static JsonNode choice(String line) throws Exception {
    return event(line).path("choices").get(0);
  }

  void awaitIdle() {
    Awaitility.await().atMost(PATIENCE).until(() -> lanes.busy() == 0);
  }

  /** A connection of its own that asks for a text without end. */
  Reader endless(boolean stream) throws Exception {
    String body = "{\"model\":\"org/fake\",\"prompt\":[7],\"stream\":" + stream + "}";
    return new Reader(
        "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + body);
  }

  /** A connection of its own. */
  final class Reader implements AutoCloseable {
    private final Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    final BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));

    Reader(String request) throws Exception {
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
    }

    /** The next line with an event. */
    String line() throws Exception {
      String line = in.readLine();
      while (line != null && !line.startsWith("data: ")) {
        line = in.readLine();
      }
      return String.valueOf(line);
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
