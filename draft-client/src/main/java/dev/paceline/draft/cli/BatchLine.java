package dev.paceline.draft.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line of {@code --jsonl}.
 *
 * @param id what the user calls it; comes out as it went in
 * @param maxTokens output tokens at most
 */
record BatchLine(
    @Nullable JsonNode id,
    String prompt,
    int maxTokens,
    SamplingParams sampling,
    List<String> stops) {
  private static final Set<String> KNOWN =
      Set.of("id", "prompt", "max_tokens", "temperature", "top_k", "top_p", "seed", "stop");

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * Reads a line; what it does not say is as the command line says.
   *
   * @throws UserError if it is wrong
   */
  static BatchLine parse(String line, GenerationOptions options, List<String> stops) {
    JsonNode json;
    try {
      json = MAPPER.readTree(line);
    } catch (JsonProcessingException e) {
      throw new UserError("is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    if (!json.isObject()) {
      throw new UserError("is not a JSON object");
    }
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!KNOWN.contains(name)) {
        throw new UserError("'" + name + "' is none of " + KNOWN.stream().sorted().toList());
      }
    }
    JsonNode prompt = json.path("prompt");
    if (!prompt.isTextual()) {
      throw new UserError("'prompt' is not a text");
    }
    if (prompt.textValue().isEmpty()) {
      throw new UserError("'prompt' is empty");
    }
    long maxTokens = whole(json, "max_tokens", options.maxTokens);
    if (maxTokens < 1 || maxTokens > Integer.MAX_VALUE) {
      throw new UserError("'max_tokens' " + maxTokens + " is not positive or too large");
    }
    long topK = whole(json, "top_k", options.topK);
    if (topK > Integer.MAX_VALUE) {
      throw new UserError("'top_k' " + topK + " is too large");
    }
    SamplingParams sampling =
        new SamplingParams(
            (float) number(json, "temperature", options.temperature),
            (int) topK,
            (float) number(json, "top_p", options.topP),
            whole(json, "seed", options.seed));
    return new BatchLine(
        json.get("id"), prompt.textValue(), (int) maxTokens, sampling, stops(json, stops));
  }

  private static long whole(JsonNode json, String name, long otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new UserError("'" + name + "' " + value + " is not a whole number");
    }
    return value.longValue();
  }

  private static double number(JsonNode json, String name, double otherwise) {
    JsonNode value = json.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber()) {
      throw new UserError("'" + name + "' " + value + " is not a number");
    }
    return value.doubleValue();
  }

  private static List<String> stops(JsonNode json, List<String> otherwise) {
    JsonNode value = json.path("stop");
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    List<String> stops = new ArrayList<>();
    for (JsonNode each : value.isArray() ? value : MAPPER.createArrayNode().add(value)) {
      if (!each.isTextual()) {
        throw new UserError("'stop' " + value + " is neither a text nor an array of texts");
      }
      stops.add(each.textValue());
    }
    return stops;
  }
}
