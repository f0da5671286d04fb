package dev.paceline.target.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;

/**
 * What the admin port replies.
 *
 * @param status of HTTP
 * @param type of the body's content
 */
record Answer(int status, String type, String body) {
  private static final String JSON = "application/json";
  // Thread-safe once configured.
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Answer ofJson(int status, String body) {
    return new Answer(status, JSON, body);
  }

  /** A value as Jackson writes it. */
  static Answer ofValue(int status, Object value) {
    try {
      return ofJson(status, MAPPER.writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON: " + value, e);
    }
  }

  /**
   * An error.
   *
   * @param sentence may quote what the caller sent
   */
  static Answer error(int status, String sentence) {
    return ofValue(status, Map.of("error", Map.of("message", sentence)));
  }
}
