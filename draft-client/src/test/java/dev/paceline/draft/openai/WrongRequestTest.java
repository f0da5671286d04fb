package dev.paceline.draft.openai;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are not answered as they wish: the error names what is wrong. */
class WrongRequestTest extends ApiFixture {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "prompt|\"prompt\":null|null",
        "prompt|\"prompt\":\"\"|empty",
        "prompt|\"prompt\":[]|[]",
        "prompt|\"prompt\":[1,4096]|4096",
        "prompt|\"prompt\":[1,-1]|-1",
        "prompt|\"prompt\":[1.5]|1.5",
        "prompt|\"prompt\":[\"a\",7]|7",
        "prompt|\"prompt\":{\"a\":1}|{\"a\":1}",
        "max_tokens|\"prompt\":\"a\",\"max_tokens\":0|0",
        "max_tokens|\"prompt\":\"a\",\"max_tokens\":1.5|1.5",
        "max_tokens|\"prompt\":\"a\",\"max_tokens\":99999999999999999999|99999999999999999999",
        "temperature|\"prompt\":\"a\",\"temperature\":-0.5|-0.5",
        "temperature|\"prompt\":\"a\",\"temperature\":2.5|2.5",
        "temperature|\"prompt\":\"a\",\"temperature\":\"warm\"|warm",
        "top_p|\"prompt\":\"a\",\"top_p\":0|0",
        "top_p|\"prompt\":\"a\",\"top_p\":1.01|1.01",
        "seed|\"prompt\":\"a\",\"seed\":\"x\"|x",
        "stop|\"prompt\":\"a\",\"stop\":[\"b\",\"\"]|[\"b\",\"\"]",
        "stop|\"prompt\":\"a\",\"stop\":7|7",
        "stop|\"prompt\":\"a\",\"stop\":[\"1\",\"2\",\"3\",\"4\",\"5\"]|5 texts",
        "n|\"prompt\":\"a\",\"n\":0|0",
        "n|\"prompt\":\"a\",\"n\":65|65",
        "n|\"prompt\":\"a\",\"n\":1.5|1.5",
        "n|\"prompt\":[\"a\",\"b\"],\"n\":33|33",
        "best_of|\"prompt\":\"a\",\"best_of\":3|3",
        "echo|\"prompt\":\"a\",\"echo\":true|true",
        "logprobs|\"prompt\":\"a\",\"logprobs\":5|5",
        "suffix|\"prompt\":\"a\",\"suffix\":\"z\"|z",
        "logit_bias|\"prompt\":\"a\",\"logit_bias\":{\"50256\":-100}|50256",
        "presence_penalty|\"prompt\":\"a\",\"presence_penalty\":0.5|0.5",
        "stream|\"prompt\":\"a\",\"stream\":1|1",
        "stream_options|\"prompt\":\"a\",\"stream_options\":{}|stream",
        "temprature|\"prompt\":\"a\",\"temprature\":1|temprature",
      })
  void whatIsWrongIsNamed(String param, String fields, String value) throws Exception {
    JsonNode error = error(send(completion(fields)), 400);
    assertThat(error.path("param").asText()).isEqualTo(param);
    assertThat(error.path("message").asText()).contains("'" + param + "'", value);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
  }

  @Test
  void whatChangesNothingIsAccepted() throws Exception {
    HttpResponse<String> response =
        send(
            completion(
                "\"prompt\":\"a\",\"n\":1,\"best_of\":1,\"echo\":false,\"logprobs\":null,"
                    + "\"suffix\":null,\"logit_bias\":{},\"presence_penalty\":0.0,"
                    + "\"frequency_penalty\":0,\"user\":\"me\",\"stop\":null,\"seed\":null"));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  @Test
  void aPromptThatFillsTheContextIsRefused() throws Exception {
    JsonNode error = error(send(completion("\"prompt\":\"" + "a b ".repeat(99) + "\"")), 400);
    assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
    assertThat(error.path("message").asText()).contains(String.valueOf(FakeText.CONTEXT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "7", "{\"a\":1} {}", "nul", "{\"a\":\"\u00ff"})
  void bodiesThatAreNoObject(String body) throws Exception {
    HttpRequest request =
        to("/v1/completions")
            .header("Content-Type", "application/json; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.ISO_8859_1))
            .build();
    assertThat(error(send(request), 400).path("message").asText()).contains("JSON");
  }

  @Test
  void aBodyThatIsTooLarge() throws Exception {
    HttpRequest request =
        to("/v1/completions")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[ApiServer.LARGEST_REQUEST + 1]))
            .build();
    assertThat(error(send(request), 413).path("message").asText())
        .contains(String.valueOf(ApiServer.LARGEST_REQUEST));
  }

  @Test
  void otherPathsAndMethodsAndTypes() throws Exception {
    error(get("/v1/chat/completions"), 404);
    error(get("/v1/completions"), 405);
    error(send(to("/health").DELETE().build()), 405);
    HttpRequest untyped =
        to("/v1/completions").POST(HttpRequest.BodyPublishers.ofString("{}")).build();
    assertThat(error(send(untyped), 415).path("message").asText()).contains("Content-Type");
  }
}
