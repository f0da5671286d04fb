package dev.paceline.models.gpt2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Gpt2ConfigTest {
  @TempDir Path directory;

  @Test
  void missingKeysAreGpt2() throws IOException {
    assertThat(read("{}"))
        .isEqualTo(
            new Gpt2Config(
                50257,
                1024,
                768,
                12,
                12,
                3072,
                1e-5f,
                Activation.GELU_NEW,
                true,
                false,
                50256,
                50256));
  }

  @Test
  void bothFamiliesOfNames() throws IOException {
    Gpt2Config config =
        read(
            "{\"hidden_size\":64,\"num_hidden_layers\":2,\"num_attention_heads\":4,"
                + "\"max_position_embeddings\":32,\"n_inner\":null,\"activation_function\":\"gelu\","
                + "\"scale_attn_weights\":false,\"scale_attn_by_inverse_layer_idx\":true}");
    assertThat(config)
        .isEqualTo(
            new Gpt2Config(
                50257, 32, 64, 2, 4, 256, 1e-5f, Activation.GELU, false, true, 50256, 50256));
  }

  @Test
  void tokensBeyondTheVocabularyAreNone() throws IOException {
    Gpt2Config config = read("{\"vocab_size\":100,\"eos_token_id\":50256,\"bos_token_id\":null}");
    assertThat(config.eosToken()).isEqualTo(-1);
    assertThat(config.bosToken()).isEqualTo(-1);
    assertThat(read("{\"eos_token_id\":[7,8]}").eosToken()).isEqualTo(7);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"model_type\":\"llama\"}|has model_type \"llama\"",
        "{\"vocab_size\":0}|vocab_size 0 is not between",
        "{\"vocab_size\":-5}|vocab_size -5",
        "{\"vocab_size\":99999999999}|has vocab_size 99999999999 where a whole number",
        "{\"n_embd\":\"768\"}|has n_embd \"768\"",
        "{\"n_embd\":1.5}|has n_embd 1.5",
        "{\"n_embd\":2000000000}|n_embd 2000000000 is not between",
        "{\"n_embd\":100}|n_embd 100 is not a multiple of n_head 12",
        "{\"n_embd\":64,\"hidden_size\":32}|has n_embd 64 but hidden_size 32",
        "{\"n_layer\":100000}|n_layer 100000",
        "{\"layer_norm_epsilon\":0}|layer_norm_epsilon 0.0",
        "{\"layer_norm_epsilon\":\"x\"}|has layer_norm_epsilon \"x\"",
        "{\"activation_function\":\"relu\"}|has activation_function \"relu\"",
        "{\"scale_attn_weights\":1}|has scale_attn_weights 1",
        "{\"add_cross_attention\":true}|has add_cross_attention true",
        "{\"n_layer\":1,\"n_layer\":2}|is not valid JSON",
        "[1]|is not a JSON object",
        "{\"a\"|is not valid JSON",
      })
  void absurdValuesAreNamed(String json, String words) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("config.json")
        .hasMessageContaining(words);
  }

  private Gpt2Config read(String json) throws IOException {
    return Gpt2Config.read(Files.writeString(directory.resolve("config.json"), json));
  }
}
