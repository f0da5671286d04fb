package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import dev.paceline.common.sampling.SamplingParams;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code paceline api} before a real target server, asked by plain HTTP and by OpenAI's client. */
class ApiTest {
  private static final String KEY = "a key of this test";
  private static final String PROMPT = "The captain walked slowly along the deck and";
  private static final int TOKENS = 24;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static BuiltInPair pair;
  private static ApiProcess api;
  private static OpenAIClient client;
  private static String model;

  @BeforeAll
  static void start() throws Exception {
    pair = new BuiltInPair(3);
    api = new ApiProcess(pair.port(), "--api-key", KEY, "--concurrency", "3", "--decode", "stream");
    client = openAi(KEY);
    model = client.models().list().data().get(0).id();
  }

  @AfterAll
  static void stop() throws Exception {
    client.close();
    api.close();
    pair.close();
  }

  private static OpenAIClient openAi(String key) {
    return OpenAIOkHttpClient.builder()
        .baseUrl(api.url() + "/v1")
        .apiKey(key)
        .maxRetries(0)
        .timeout(PATIENCE)
        .build();
  }

  private static String alone(String prompt, SamplingParams sampling, int tokens) {
    return pair.tokenizer.decode(pair.targetAlone(pair.tokenizer.encode(prompt), sampling, tokens));
  }

  private static CompletionCreateParams.Builder ask(String prompt, double temperature, long seed) {
    return CompletionCreateParams.builder()
        .model(model)
        .prompt(prompt)
        .maxTokens(TOKENS)
        .temperature(temperature)
        .seed(seed);
  }

  @Test
  void theOpenAiClientStreamsTheTargetsOwnText() {
    for (int seed = 0; seed < 3; seed++) {
      SamplingParams sampling = new SamplingParams(seed * 0.5f, 0, 1f, seed);
      StringBuilder text = new StringBuilder();
      List<CompletionChoice.FinishReason> reasons = new ArrayList<>();
      try (StreamResponse<Completion> stream =
          client.completions().createStreaming(ask(PROMPT, seed * 0.5, seed).build())) {
        stream.stream()
            .flatMap(chunk -> chunk.choices().stream())
            .forEach(
                choice -> {
                  text.append(choice.text());
                  choice._finishReason().asKnown().ifPresent(reasons::add);
                });
      }
      assertThat(text.toString()).isEqualTo(alone(PROMPT, sampling, TOKENS));
      assertThat(reasons).containsExactly(CompletionChoice.FinishReason.LENGTH);
    }
  }

  @Test
  void theOpenAiClientGetsItWholeWithUsageAndTimings() {
    Completion completion = client.completions().create(ask(PROMPT, 0, 0).build());
    assertThat(completion.choices().get(0).text())
        .isEqualTo(alone(PROMPT, SamplingParams.GREEDY, TOKENS));
    int prompt = pair.tokenizer.encode(PROMPT).length;
    assertThat(completion.usage().orElseThrow().promptTokens()).isEqualTo(prompt);
    assertThat(completion.usage().orElseThrow().completionTokens()).isEqualTo(TOKENS);
    JsonNode timings = JSON.valueToTree(completion).path("timings");
    assertThat(timings.path("draft_n").asInt())
        .isGreaterThanOrEqualTo(timings.path("draft_n_accepted").asInt());
    assertThat(timings.path("predicted_per_second").asDouble()).isPositive();
  }

  @Test
  void severalTextsOfAPromptAreThoseOfTheSeedsThatFollow() {
    List<CompletionChoice> choices =
        client.completions().create(ask(PROMPT, 1, 5).n(2).build()).choices();
    assertThat(choices).hasSize(2);
    for (CompletionChoice choice : choices) {
      SamplingParams sampling = new SamplingParams(1f, 0, 1f, 5 + choice.index());
      assertThat(choice.text()).isEqualTo(alone(PROMPT, sampling, TOKENS));
    }
  }

  @Test
  void theOpenAiClientIsToldWhatIsWrong() {
    CompletionCreateParams wrong = ask(PROMPT, 0, 0).echo(true).build();
    assertThatThrownBy(() -> client.completions().create(wrong))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining("'echo' true");
    OpenAIClient stranger = openAi("another");
    assertThatThrownBy(() -> stranger.completions().create(ask(PROMPT, 0, 0).build()))
        .isInstanceOf(UnauthorizedException.class);
    stranger.close();
  }

  @Test
  void requestsAtOnceDoNotDisturbEachOther() {
    List<CompletableFuture<String>> answers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CompletionCreateParams params = ask(PROMPT, 1, i).build();
      answers.add(
          CompletableFuture.supplyAsync(
              () -> client.completions().create(params).choices().get(0).text()));
    }
    for (int i = 0; i < 3; i++) {
      assertThat(answers.get(i).join())
          .isEqualTo(alone(PROMPT, new SamplingParams(1f, 0, 1f, i), TOKENS));
    }
  }

  @Test
  void plainHttpStopsBeforeAStopStringAndHasAnOffSwitch() throws Exception {
    String whole = alone(PROMPT, SamplingParams.GREEDY, TOKENS);
    String stop = whole.substring(11, 17);
    ObjectNode request = JSON.createObjectNode().put("model", model).put("temperature", 0);
    request.put("max_tokens", TOKENS).put("stop", stop).put("speculation", false);
    for (int id : pair.tokenizer.encode(PROMPT)) {
      request.withArray("prompt").add(id);
    }
    JsonNode answer = JSON.readTree(post(request.toString()).body());
    JsonNode choice = answer.path("choices").path(0);
    assertThat(choice.path("text").asText()).isEqualTo(whole.substring(0, whole.indexOf(stop)));
    assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    assertThat(answer.path("timings").path("draft_n").asInt()).isZero();
  }

  @Test
  void metricsShowWhatSpeculationDid() throws Exception {
    double before = accepted();
    double tokens = metric("paceline_generation_tokens_total");
    client.completions().create(ask(PROMPT, 0, 0).build());
    assertThat(metric("paceline_generation_tokens_total") - tokens).isEqualTo(TOKENS);
    // On a starved machine the target may finish a short text before the first draft is there.
    for (int i = 0; i < 50 && accepted() == before; i++) {
      client.completions().create(ask(PROMPT, 0, 0).build());
    }
    double accepted = accepted();
    assertThat(accepted).isGreaterThan(before);
    assertThat(metric("paceline_spec_decode_num_draft_tokens_total"))
        .isGreaterThanOrEqualTo(accepted);
    assertThat(metric("paceline_time_to_first_token_seconds_count")).isPositive();
    assertThat(metric("paceline_inter_token_latency_seconds_bucket{le=\"0.005\"}"))
        .isGreaterThanOrEqualTo(
            metric("paceline_inter_token_latency_seconds_bucket{le=\"0.001\"}"));
  }

  /** The slots of the target come free: the sessions of clients that went away have ended. */
  @Test
  void aClientThatGoesAwayGivesItsSlotBack() {
    for (int i = 0; i < 3; i++) {
      CompletionCreateParams endless = ask(PROMPT, 1, i).maxTokens(900).build();
      try (StreamResponse<Completion> stream = client.completions().createStreaming(endless)) {
        assertThat(stream.stream().findFirst()).isPresent();
      }
    }
    pair.assertFree(3);
    Awaitility.await().atMost(PATIENCE).until(() -> metric("paceline_num_requests_running") == 0);
  }

  private static double accepted() throws Exception {
    return metric("paceline_spec_decode_num_accepted_tokens_total");
  }

  private static double metric(String name) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(URI.create(api.url() + "/metrics")).build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString())
        .body()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .sum();
  }

  private static HttpResponse<String> post(String body) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api.url() + "/v1/completions"))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + KEY)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
