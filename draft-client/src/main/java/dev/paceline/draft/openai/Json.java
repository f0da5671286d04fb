package dev.paceline.draft.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import java.io.IOException;

/** JSON in and out. */
final class Json {
  static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private Json() {}

  /**
   * @throws ApiException if it is not a JSON object
   */
  static ObjectNode readObject(byte[] body) {
    JsonNode json;
    try {
      json = MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      String reason = e.getOriginalMessage().lines().findFirst().orElse("");
      throw ApiException.invalid("body", "the request is not JSON: " + reason);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    if (json instanceof ObjectNode object) {
      return object;
    }
    throw ApiException.invalid("body", "the request is not a JSON object");
  }

  static String write(JsonNode json) {
    try {
      return MAPPER.writeValueAsString(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A value for a message, which must not grow with it. */
  static String shown(String value) {
    return value.length() <= 60 ? value : value.substring(0, 57) + "...";
  }

  static ObjectNode error(ApiException e) {
    ObjectNode json = MAPPER.createObjectNode();
    json.putObject("error")
        .put("message", e.getMessage())
        .put("type", e.type())
        .put("param", e.param())
        .put("code", e.code());
    return json;
  }

  static AggregatedHttpResponse answer(HttpStatus status, JsonNode json) {
    return AggregatedHttpResponse.of(headers(status), HttpData.ofUtf8(write(json) + "\n"));
  }

  static AggregatedHttpResponse answer(ApiException e) {
    ResponseHeaders headers = headers(e.status());
    if (e.status().equals(HttpStatus.TOO_MANY_REQUESTS)) {
      headers = headers.toBuilder().add(HttpHeaderNames.RETRY_AFTER, "1").build();
    } else if (e.status().equals(HttpStatus.UNAUTHORIZED)) {
      headers = headers.toBuilder().add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer").build();
    }
    return AggregatedHttpResponse.of(headers, HttpData.ofUtf8(write(error(e)) + "\n"));
  }

  private static ResponseHeaders headers(HttpStatus status) {
    return ResponseHeaders.builder(status)
        .contentType(MediaType.JSON)
        .add(HttpHeaderNames.CACHE_CONTROL, "no-store")
        .add(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .build();
  }
}
