package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.sampling.SamplingParams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** The single fields of a request, with OpenAI's names, defaults and ranges. */
final class RequestFields {
  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final double HOTTEST = 2;
  private static final int MOST_STOPS = 4;
  private static final int MOST_CHOICES = 64;

  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "prompt",
          "n",
          "max_tokens",
          "temperature",
          "top_p",
          "top_k",
          "seed",
          "stop",
          "stream",
          "stream_options",
          "speculation",
          "user");

  /** What is accepted only with the value that changes nothing. */
  private static final Map<String, String> NEUTRAL =
      Map.of(
          "best_of", "1",
          "echo", "false",
          "logprobs", "null",
          "suffix", "null",
          "logit_bias", "{}",
          "presence_penalty", "0",
          "frequency_penalty", "0");

  private final ObjectNode json;

  RequestFields(ObjectNode json) {
    this.json = json;
  }

  /**
   * @throws ApiException if another model is asked for
   */
  void requireModel(String served) {
    JsonNode model = json.path("model");
    if (!model.isTextual()) {
      throw ApiException.invalid(
          "model", "'model' " + shown(model) + " is not the name of a model; '" + served + "' is");
    }
    if (!model.textValue().equals(served)) {
      throw ApiException.unknownModel(model.textValue(), served);
    }
  }

  /**
   * @throws ApiException if there is a field that would change the answer if it were heeded
   */
  void refuseUnknown() {
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      String name = field.getKey();
      JsonNode value = field.getValue();
      String neutral = NEUTRAL.get(name);
      if (neutral != null) {
        boolean same =
            value.isNull()
                || value.toString().equals(neutral)
                || (value.isNumber() && String.valueOf(value.asDouble()).equals(neutral + ".0"));
        if (!same) {
          throw ApiException.invalid(
              name, "'" + name + "' " + shown(value) + " is not offered; leave it out");
        }
      } else if (!KNOWN.contains(name)) {
        throw ApiException.invalid(name, "'" + name + "' is not a known field");
      }
    }
  }

  SamplingParams sampling() {
    double temperature = number("temperature", 1);
    if (!(temperature >= 0 && temperature <= HOTTEST)) {
      throw ApiException.invalid(
          "temperature", "'temperature' " + shown("temperature") + " is not between 0 and 2");
    }
    double topP = number("top_p", 1);
    if (!(topP > 0 && topP <= 1)) {
      throw ApiException.invalid("top_p", "'top_p' " + shown("top_p") + " is not in (0, 1]");
    }
    long topK = whole("top_k", 0);
    if (topK < 0 || topK > Integer.MAX_VALUE) {
      throw ApiException.invalid("top_k", "'top_k' " + shown("top_k") + " is out of range");
    }
    long seed = absent("seed") ? ThreadLocalRandom.current().nextLong() : whole("seed", 0);
    return new SamplingParams((float) temperature, (int) topK, (float) topP, seed);
  }

  int maxTokens() {
    long tokens = whole("max_tokens", DEFAULT_MAX_TOKENS);
    if (tokens < 1 || tokens > Integer.MAX_VALUE) {
      throw ApiException.invalid(
          "max_tokens", "'max_tokens' " + shown("max_tokens") + " is not positive or too large");
    }
    return (int) tokens;
  }

  /** Texts for each prompt. */
  int choices() {
    long choices = whole("n", 1);
    if (choices < 1 || choices > MOST_CHOICES) {
      throw ApiException.invalid(
          "n", "'n' " + shown("n") + " is not between 1 and " + MOST_CHOICES);
    }
    return (int) choices;
  }

  List<String> stops() {
    JsonNode value = json.path("stop");
    List<String> stops = new ArrayList<>();
    if (absent("stop")) {
      return stops;
    }
    for (JsonNode each : value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
      if (!each.isTextual() || each.textValue().isEmpty()) {
        throw ApiException.invalid(
            "stop", "'stop' " + shown(value) + " is not a text or an array of texts, none empty");
      }
      stops.add(each.textValue());
    }
    if (stops.size() > MOST_STOPS) {
      throw ApiException.invalid(
          "stop", "'stop' has " + stops.size() + " texts; " + MOST_STOPS + " are the most");
    }
    return stops;
  }

  boolean flag(String name, boolean otherwise) {
    if (absent(name)) {
      return otherwise;
    }
    JsonNode value = json.path(name);
    if (!value.isBoolean()) {
      throw ApiException.invalid(name, "'" + name + "' " + shown(value) + " is not true or false");
    }
    return value.booleanValue();
  }

  private double number(String name, double otherwise) {
    if (absent(name)) {
      return otherwise;
    }
    JsonNode value = json.path(name);
    if (!value.isNumber()) {
      throw ApiException.invalid(name, "'" + name + "' " + shown(value) + " is not a number");
    }
    return value.doubleValue();
  }

  private long whole(String name, long otherwise) {
    if (absent(name)) {
      return otherwise;
    }
    JsonNode value = json.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw ApiException.invalid(name, "'" + name + "' " + shown(value) + " is not a whole number");
    }
    return value.longValue();
  }

  private boolean absent(String name) {
    JsonNode value = json.path(name);
    return value.isMissingNode() || value.isNull();
  }

  private String shown(String name) {
    return shown(json.path(name));
  }

  static String shown(JsonNode value) {
    return value.isMissingNode() ? "(missing)" : Json.shown(value.toString());
  }
}
