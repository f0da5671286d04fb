package dev.paceline.draft.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The answers of the HTTP side. */
class CompletionsTest extends ApiFixture {
  @Test
  void aWholeAnswer() throws Exception {
    HttpResponse<String> response = send(completion("\"prompt\":[1,2,3],\"max_tokens\":3"));
    JsonNode json = JSON.readTree(response.body());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json.path("id").asText()).startsWith("cmpl-");
    assertThat(json.path("object").asText()).isEqualTo("text_completion");
    assertThat(json.path("model").asText()).isEqualTo("org/fake");
    assertThat(json.path("choices"))
        .isEqualTo(
            JSON.readTree(
                "[{\"text\":\"w0 w1 w2 \",\"index\":0,\"logprobs\":null,"
                    + "\"finish_reason\":\"length\"}]"));
    assertThat(json.path("usage"))
        .isEqualTo(
            JSON.readTree("{\"prompt_tokens\":3,\"completion_tokens\":3,\"total_tokens\":6}"));
    assertThat(json.path("timings").path("predicted_n").asInt()).isEqualTo(3);
    assertThat(json.path("timings").path("prompt_ms").asDouble()).isEqualTo(10);
    assertThat(json.path("timings").path("predicted_ms").asDouble()).isEqualTo(4);
    assertThat(json.path("timings").path("predicted_per_second").asDouble()).isEqualTo(750);
  }

  @Test
  void aStreamedAnswer() throws Exception {
    HttpResponse<String> response =
        send(
            completion(
                "\"prompt\":\"Once\",\"max_tokens\":2,\"stream\":true,"
                    + "\"stream_options\":{\"include_usage\":true}"));
    assertThat(response.headers().firstValue("content-type").orElse(""))
        .startsWith("text/event-stream");
    String[] events = response.body().split("\n\n", -1);
    assertThat(events).hasSize(6).allMatch(event -> event.isEmpty() || event.startsWith("data: "));
    assertThat(choice(events[0]).path("text").asText()).isEqualTo("w0 ");
    assertThat(choice(events[0]).path("finish_reason").isNull()).isTrue();
    assertThat(choice(events[1]).path("text").asText()).isEqualTo("w1 ");
    assertThat(choice(events[2]).path("finish_reason").asText()).isEqualTo("length");
    assertThat(event(events[2]).path("timings").path("predicted_n").asInt()).isEqualTo(2);
    assertThat(event(events[2]).path("usage").isNull()).isTrue();
    assertThat(event(events[3]).path("choices")).isEmpty();
    assertThat(event(events[3]).path("usage").path("completion_tokens").asInt()).isEqualTo(2);
    assertThat(events[4]).isEqualTo("data: [DONE]");
  }

  @Test
  void severalPromptsHaveAChoiceEach() throws Exception {
    for (String prompt : List.of("[\"a\",\"b\"]", "[[1,2],[3]]")) {
      HttpResponse<String> response =
          send(completion("\"prompt\":" + prompt + ",\"max_tokens\":1"));
      JsonNode choices = JSON.readTree(response.body()).path("choices");
      assertThat(choices).as(response.body()).hasSize(2);
      assertThat(choices.get(1).path("index").asInt()).isEqualTo(1);
      assertThat(choices.get(1).path("text").asText()).isEqualTo("w0 ");
    }
  }

  @Test
  void severalChoicesOfAPromptAreThoseOfTheSeedsThatFollow() throws Exception {
    String fields = "\"prompt\":[[6],[1,2]],\"max_tokens\":1,\"seed\":40,\"n\":3";
    JsonNode json = JSON.readTree(send(completion(fields)).body());
    JsonNode choices = json.path("choices");
    assertThat(choices).as(json.toString()).hasSize(6);
    for (int i = 0; i < 6; i++) {
      assertThat(choices.get(i).path("index").asInt()).isEqualTo(i);
      assertThat(choices.get(i).path("text").asText()).isEqualTo(i < 3 ? "s4" + i + " " : "w0 ");
    }
    assertThat(json.path("usage"))
        .isEqualTo(
            JSON.readTree("{\"prompt_tokens\":3,\"completion_tokens\":6,\"total_tokens\":9}"));
    String[] events = send(completion(fields + ",\"stream\":true")).body().split("\n\n");
    assertThat(events).hasSize(6 * 2 + 1);
    assertThat(choice(events[11]).path("index").asInt()).isEqualTo(5);
    assertThat(event(events[9]).has("timings")).isFalse();
    assertThat(event(events[11]).path("timings").path("prompt_n").asInt()).isEqualTo(3);
  }

  @Test
  void models() throws Exception {
    JsonNode list = JSON.readTree(get("/v1/models").body());
    assertThat(list.path("object").asText()).isEqualTo("list");
    assertThat(list.path("data").get(0).path("id").asText()).isEqualTo("org/fake");
    assertThat(JSON.readTree(get("/v1/models/org/fake").body()))
        .isEqualTo(list.path("data").get(0));
    JsonNode error = error(get("/v1/models/org/other"), 404);
    assertThat(error.path("code").asText()).isEqualTo("model_not_found");
    HttpRequest other =
        to("/v1/completions")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"model\":\"gpt-9\",\"prompt\":\"a\"}"))
            .build();
    assertThat(error(send(other), 404).path("message").asText()).contains("gpt-9", "org/fake");
  }

  @Test
  void aTargetThatFailsBeforeTheTextHasItsStatus() throws Exception {
    for (String stream : List.of("true", "false")) {
      JsonNode error = error(send(completion("\"prompt\":[9],\"stream\":" + stream)), 503);
      assertThat(error.path("message").asText()).contains("refused");
    }
    JsonNode late = error(send(completion("\"prompt\":[8]")), 503);
    assertThat(late.path("code").asText()).isEqualTo("target_unavailable");
    assertThat(lanes.busy()).isZero();
  }

  @Test
  void aTargetThatFailsInTheMiddleIsAnEvent() throws Exception {
    String body = send(completion("\"prompt\":[8],\"stream\":true")).body();
    String[] events = body.split("\n\n");
    assertThat(choice(events[0]).path("text").asText()).isEqualTo("w0 ");
    assertThat(event(events[1]).path("error").path("message").asText()).contains("gone");
    assertThat(events[2]).isEqualTo("data: [DONE]");
  }
}
