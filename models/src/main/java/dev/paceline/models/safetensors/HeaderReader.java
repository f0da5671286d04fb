package dev.paceline.models.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.paceline.common.UserError;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses the JSON of a header and checks each entry by itself; {@link Layout} checks them together.
 */
final class HeaderReader {
  private static final int MAX_TENSORS = 1 << 17;
  private static final int MAX_RANK = 8;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(4)
                  .maxNameLength(1 << 12)
                  .maxStringLength(1 << 20)
                  .maxNumberLength(32)
                  .build())
          .build();

  /** The entries in the file's order, and the strings of {@code __metadata__}. */
  record Header(Map<String, TensorInfo> tensors, Map<String, String> metadata) {}

  private final String file;
  private final JsonParser parser;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private @Nullable Map<String, String> metadata;

  private HeaderReader(String file, JsonParser parser) {
    this.file = file;
    this.parser = parser;
  }

  /**
   * @param file for messages
   * @param in the header, exactly
   * @throws UserError if it is not a valid header
   */
  static Header read(String file, InputStream in) throws IOException {
    try (JsonParser parser = JSON.createParser(in)) {
      return new HeaderReader(file, parser).header();
    } catch (StreamConstraintsException e) {
      throw new UserError(
          file + " has a header that nests too deep or holds an absurdly long string or number", e);
    } catch (JsonProcessingException e) {
      throw new UserError(file + " has a header that is not valid JSON: " + sentence(e), e);
    }
  }

  private Header header() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw bad("has a header that is not a JSON object");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      if (name.equals("__metadata__")) {
        if (metadata != null) {
          throw bad("has two __metadata__ objects");
        }
        metadata = metadata();
      } else if (tensors.put(name, tensor(name)) != null) {
        throw bad("has two tensors named '" + printable(name) + "'");
      } else if (tensors.size() > MAX_TENSORS) {
        throw bad("has more than " + MAX_TENSORS + " tensors");
      }
    }
    if (parser.nextToken() != null) {
      throw bad("has something after the header's JSON object");
    }
    return new Header(tensors, metadata == null ? Map.of() : metadata);
  }

  private Map<String, String> metadata() throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw bad("has a __metadata__ that is not an object");
    }
    Map<String, String> strings = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      if (parser.nextToken() != JsonToken.VALUE_STRING) {
        throw bad("has a __metadata__ value of '" + printable(key) + "' that is not a string");
      }
      if (strings.put(key, parser.getText()) != null) {
        throw bad("has two __metadata__ values of '" + printable(key) + "'");
      }
    }
    return strings;
  }

  private TensorInfo tensor(String name) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw bad(name, "is described by something else than an object");
    }
    DType dtype = null;
    List<Long> shape = null;
    List<Long> offsets = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String key = parser.currentName();
      parser.nextToken();
      switch (key) {
        case "dtype" -> dtype = once(name, key, dtype, dtype(name));
        case "shape" -> shape = once(name, key, shape, numbers(name, key, MAX_RANK));
        case "data_offsets" -> offsets = once(name, key, offsets, numbers(name, key, 2));
        default -> throw bad(name, "has an unknown key '" + printable(key) + "'");
      }
    }
    if (dtype == null || shape == null || offsets == null) {
      String missing = dtype == null ? "dtype" : shape == null ? "shape" : "data_offsets";
      throw bad(name, "has no " + missing);
    }
    if (offsets.size() != 2) {
      throw bad(name, "has data_offsets " + offsets + " where two numbers belong");
    }
    return new TensorInfo(name, dtype, shape, offsets.get(0), offsets.get(1));
  }

  private <T> T once(String name, String key, @Nullable T before, T now) {
    if (before != null) {
      throw bad(name, "has two values of " + key);
    }
    return now;
  }

  private DType dtype(String name) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw bad(name, "has a dtype that is not a string");
    }
    String text = parser.getText();
    return DType.named(text)
        .orElseThrow(() -> bad(name, "has the unsupported dtype '" + printable(text) + "'"));
  }

  private List<Long> numbers(String name, String key, int limit) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw bad(name, "has a " + key + " that is not an array");
    }
    List<Long> numbers = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw bad(name, "has a " + key + " with something else than a whole number");
      }
      if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
          || parser.getLongValue() < 0) {
        throw bad(name, "has " + parser.getText() + " in its " + key + ", which is out of range");
      }
      if (numbers.size() == limit) {
        throw bad(name, "has a " + key + " of more than " + limit + " numbers");
      }
      numbers.add(parser.getLongValue());
    }
    return numbers;
  }

  private UserError bad(String what) {
    return new UserError(file + " " + what);
  }

  private UserError bad(String tensor, String what) {
    return new UserError(file + ": tensor '" + printable(tensor) + "' " + what);
  }

  /** Text from the file, short and without control characters. */
  static String printable(String text) {
    String clean = text.replaceAll("\\p{Cntrl}", "?");
    return clean.length() <= 120 ? clean : clean.substring(0, 120) + "…";
  }

  private static String sentence(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    return message == null
        ? "malformed"
        : printable(message.lines().findFirst().orElse("malformed"));
  }
}
