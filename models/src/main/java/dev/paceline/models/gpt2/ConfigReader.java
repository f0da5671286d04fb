package dev.paceline.models.gpt2;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.paceline.common.UserError;
import dev.paceline.models.JsonFiles;
import java.nio.file.Path;

/** Turns a {@code config.json} into a {@link Gpt2Config}. */
final class ConfigReader {
  private static final int GPT2_END_OF_TEXT = 50256;

  private final Path file;
  private final JsonNode json;

  private ConfigReader(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  static Gpt2Config read(Path file) {
    ConfigReader reader = new ConfigReader(file, JsonFiles.readObject(file));
    reader.checkKind();
    int vocabulary = reader.integer(50257, "vocab_size");
    int width = reader.integer(768, "n_embd", "hidden_size");
    try {
      return new Gpt2Config(
          vocabulary,
          reader.integer(1024, "n_positions", "max_position_embeddings"),
          width,
          reader.integer(12, "n_layer", "num_hidden_layers"),
          reader.integer(12, "n_head", "num_attention_heads"),
          reader.integer(Math.multiplyExact(4, Math.min(Math.max(width, 0), 1 << 20)), "n_inner"),
          reader.epsilon(),
          reader.activation(),
          reader.flag("scale_attn_weights", true),
          reader.flag("scale_attn_by_inverse_layer_idx", false),
          reader.token("bos_token_id", vocabulary),
          reader.token("eos_token_id", vocabulary));
    } catch (UserError e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.toString()) ? e : new UserError(file + ": " + message, e);
    }
  }

  private void checkKind() {
    JsonNode kind = json.path("model_type");
    if (!absent(kind) && !kind.asText().equals("gpt2")) {
      throw bad("model_type", kind, "\"gpt2\", the only kind of model there is here");
    }
    if (flag("add_cross_attention", false)) {
      throw bad("add_cross_attention", json.path("add_cross_attention"), "false");
    }
  }

  private int integer(int otherwise, String... keys) {
    JsonNode found = MissingNode.getInstance();
    for (String key : keys) {
      JsonNode value = json.path(key);
      if (absent(value)) {
        continue;
      }
      if (!value.canConvertToInt() || !value.isIntegralNumber()) {
        throw bad(key, value, "a whole number");
      }
      if (!absent(found) && found.intValue() != value.intValue()) {
        throw new UserError(
            file
                + " has "
                + keys[0]
                + " "
                + found
                + " but "
                + key
                + " "
                + value
                + ", which mean the same thing");
      }
      found = value;
    }
    return absent(found) ? otherwise : found.intValue();
  }

  private float epsilon() {
    JsonNode value = json.path("layer_norm_epsilon");
    if (absent(value)) {
      return 1e-5f;
    }
    if (!value.isNumber()) {
      throw bad("layer_norm_epsilon", value, "a number");
    }
    return value.floatValue();
  }

  private Activation activation() {
    JsonNode value = json.path("activation_function");
    if (absent(value)) {
      return Activation.GELU_NEW;
    }
    return switch (value.asText()) {
      case "gelu_new", "gelu_pytorch_tanh" -> Activation.GELU_NEW;
      case "gelu" -> Activation.GELU;
      default ->
          throw bad(
              "activation_function", value, "\"gelu_new\", \"gelu_pytorch_tanh\" or \"gelu\"");
    };
  }

  private boolean flag(String key, boolean otherwise) {
    JsonNode value = json.path(key);
    if (absent(value)) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw bad(key, value, "true or false");
    }
    return value.booleanValue();
  }

  /**
   * Checkpoints with a small vocabulary often keep GPT-2's 50256 by mistake: then there is no such
   * token.
   */
  private int token(String key, int vocabulary) {
    JsonNode value = json.path(key);
    if (value.isArray() && !value.isEmpty()) {
      value = value.get(0);
    }
    if (value.isNull()) {
      return -1;
    }
    if (!value.isMissingNode() && !value.isIntegralNumber()) {
      throw bad(key, value, "a token id");
    }
    long id = value.asLong(GPT2_END_OF_TEXT);
    return id >= 0 && id < vocabulary ? (int) id : -1;
  }

  private static boolean absent(JsonNode value) {
    return value.isMissingNode() || value.isNull();
  }

  private UserError bad(String key, JsonNode value, String expected) {
    return new UserError(
        file + " has " + key + " " + JsonFiles.brief(value) + " where " + expected + " belongs");
  }
}
