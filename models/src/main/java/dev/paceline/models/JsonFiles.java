package dev.paceline.models;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads JSON files that somebody else wrote: bounded in size and depth, duplicates refused. */
public final class JsonFiles {
  private static final long MAX_BYTES = 64L << 20;
  private static final ObjectMapper MAPPER =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(64)
                          .maxStringLength(1 << 20)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonFiles() {}

  /**
   * The object in a file.
   *
   * @throws UserError if the file is missing, unreadable, too large or not one JSON object
   */
  public static ObjectNode readObject(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw new UserError(file + " has " + size + " bytes, too many for a JSON file");
      }
      if (MAPPER.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return object;
      }
      throw new UserError(file + " is not a JSON object");
    } catch (JsonProcessingException e) {
      String message = e.getOriginalMessage() == null ? "malformed" : e.getOriginalMessage();
      throw new UserError(
          file + " is not valid JSON: " + message.lines().findFirst().orElse("malformed"), e);
    } catch (IOException e) {
      throw new UserError("cannot read " + file + ": " + CacheDirectory.reason(e), e);
    }
  }

  /** A mapper for reading and writing; shared, not to be reconfigured. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /** A value as a message shows it: on one line, at most 80 characters. */
  public static String brief(JsonNode value) {
    String text = value.toString().replaceAll("\\p{Cntrl}", "?");
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
