package dev.paceline.models.gpt2;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.models.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a {@code config.json} that HuggingFace's library and {@link Gpt2Config#read} understand
 * alike.
 */
public final class ConfigWriter {
  private ConfigWriter() {}

  /**
   * Writes a configuration.
   *
   * @param dtype element type of the weights in PyTorch's words, e.g. {@code float16}
   */
  public static void write(Gpt2Config config, String dtype, Path file) throws IOException {
    ObjectNode json = JsonFiles.mapper().createObjectNode();
    json.put("model_type", "gpt2");
    json.putArray("architectures").add("GPT2LMHeadModel");
    json.put("vocab_size", config.vocabSize());
    json.put("n_positions", config.contextLength());
    json.put("n_embd", config.width());
    json.put("n_layer", config.layers());
    json.put("n_head", config.heads());
    json.put("n_inner", config.innerWidth());
    // Through text, so that 1e-5 stays 1e-5.
    json.put("layer_norm_epsilon", Double.parseDouble(Float.toString(config.layerNormEpsilon())));
    json.put("activation_function", config.activation() == Activation.GELU ? "gelu" : "gelu_new");
    json.put("scale_attn_weights", config.scaleAttention());
    json.put("scale_attn_by_inverse_layer_idx", config.scaleByInverseLayer());
    putToken(json, "bos_token_id", config.bosToken());
    putToken(json, "eos_token_id", config.eosToken());
    json.put("tie_word_embeddings", true);
    json.put("torch_dtype", dtype);
    Files.write(file, JsonFiles.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }

  private static void putToken(ObjectNode json, String key, int token) {
    if (token >= 0) {
      json.put(key, token);
    } else {
      json.putNull(key);
    }
  }
}
