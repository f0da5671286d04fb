package dev.paceline.models.gpt2;

import dev.paceline.common.UserError;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The shape of a GPT-2.
 *
 * @param vocabSize V, rows of {@code wte}; may exceed the tokenizer's vocabulary (padding)
 * @param contextLength number of positions, rows of {@code wpe}
 * @param width D, the residual stream's
 * @param layers L
 * @param heads H; divides the width
 * @param innerWidth of the MLP
 * @param layerNormEpsilon added to the variance
 * @param activation of the MLP
 * @param scaleAttention whether attention scores are divided by √(D/H)
 * @param scaleByInverseLayer whether the scores of layer n (from 0) are also divided by n + 1
 * @param bosToken token id, or −1 if there is none in the vocabulary
 * @param eosToken token id, or −1 if there is none in the vocabulary
 */
public record Gpt2Config(
    int vocabSize,
    int contextLength,
    int width,
    int layers,
    int heads,
    int innerWidth,
    float layerNormEpsilon,
    Activation activation,
    boolean scaleAttention,
    boolean scaleByInverseLayer,
    int bosToken,
    int eosToken) {

  /** Checks every value. */
  public Gpt2Config {
    check("vocab_size", vocabSize, 1, 1 << 24);
    check("n_positions", contextLength, 1, 1 << 20);
    check("n_embd", width, 1, 1 << 16);
    check("n_layer", layers, 1, 1 << 10);
    check("n_head", heads, 1, 1 << 12);
    check("n_inner", innerWidth, 1, 1 << 20);
    if (width % heads != 0) {
      throw new UserError("n_embd " + width + " is not a multiple of n_head " + heads);
    }
    if (!(layerNormEpsilon > 0f && layerNormEpsilon <= 0.1f)) {
      throw new UserError(
          "layer_norm_epsilon " + layerNormEpsilon + " is not above 0 and at most 0.1");
    }
    check("bos_token_id", bosToken, -1, vocabSize - 1);
    check("eos_token_id", eosToken, -1, vocabSize - 1);
  }

  /**
   * Reads a {@code config.json}. Keys that are missing have GPT-2's defaults; {@code n_embd},
   * {@code n_layer}, {@code n_head} and {@code n_positions} may also be called {@code hidden_size},
   * {@code num_hidden_layers}, {@code num_attention_heads} and {@code max_position_embeddings}.
   *
   * @throws UserError if the file is missing, is not JSON, describes another kind of model or has
   *     an absurd value; the sentence names the file, the key and the value
   */
  public static Gpt2Config read(Path file) {
    return ConfigReader.read(file);
  }

  /** GPT-2's own defaults for everything but the shape. */
  public static Gpt2Config ofShape(
      int vocabSize, int contextLength, int width, int layers, int heads, int innerWidth) {
    int eos = vocabSize - 1;
    return new Gpt2Config(
        vocabSize,
        contextLength,
        width,
        layers,
        heads,
        innerWidth,
        1e-5f,
        Activation.GELU_NEW,
        true,
        false,
        eos,
        eos);
  }

  /** Width of one head. */
  public int headWidth() {
    return width / heads;
  }

  /** Number of weights with a tied head, that is, without {@code lm_head.weight}. */
  public long parameters() {
    return shapes().values().stream().mapToLong(Gpt2Config::product).sum();
  }

  /**
   * The canonical tensors and their shapes, in the order of the computation: {@code wte.weight} [V,
   * D], {@code wpe.weight} [C, D], for each layer n {@code h.n.ln_1.{weight,bias}} [D], {@code
   * h.n.attn.c_attn.weight} [D, 3D], {@code .bias} [3D], {@code h.n.attn.c_proj.weight} [D, D],
   * {@code h.n.ln_2}, {@code h.n.mlp.c_fc.weight} [D, I], {@code h.n.mlp.c_proj.weight} [I, D], and
   * {@code ln_f}. Linear weights are stored [in, out].
   */
  public Map<String, long[]> shapes() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put("wte.weight", new long[] {vocabSize, width});
    shapes.put("wpe.weight", new long[] {contextLength, width});
    for (int n = 0; n < layers; n++) {
      String h = "h." + n + ".";
      layerNorm(shapes, h + "ln_1");
      linear(shapes, h + "attn.c_attn", width, 3L * width);
      linear(shapes, h + "attn.c_proj", width, width);
      layerNorm(shapes, h + "ln_2");
      linear(shapes, h + "mlp.c_fc", width, innerWidth);
      linear(shapes, h + "mlp.c_proj", innerWidth, width);
    }
    layerNorm(shapes, "ln_f");
    return shapes;
  }

  private void layerNorm(Map<String, long[]> shapes, String name) {
    shapes.put(name + ".weight", new long[] {width});
    shapes.put(name + ".bias", new long[] {width});
  }

  private static void linear(Map<String, long[]> shapes, String name, long in, long out) {
    shapes.put(name + ".weight", new long[] {in, out});
    shapes.put(name + ".bias", new long[] {out});
  }

  private static long product(long[] shape) {
    long product = 1;
    for (long dimension : shape) {
      product *= dimension;
    }
    return product;
  }

  private static void check(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new UserError(key + " " + value + " is not between " + least + " and " + most);
    }
  }
}
