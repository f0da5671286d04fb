package dev.paceline.models.synth;

import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Activation;
import dev.paceline.models.gpt2.Gpt2Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The shapes of OpenAI's four models, or of a folder, with some numbers replaced. */
public final class Shapes {
  private static final int GPT2_VOCABULARY = 50257;
  private static final int GPT2_CONTEXT = 1024;

  /** Numbers that replace the base's; empty ones stay. */
  public record Changes(
      Optional<Integer> vocabulary,
      Optional<Integer> context,
      Optional<Integer> width,
      Optional<Integer> layers,
      Optional<Integer> heads,
      Optional<Integer> inner) {}

  private Shapes() {}

  /**
   * A shape by the name of a model.
   *
   * @param like {@code gpt2}, {@code gpt2-medium}, {@code gpt2-large}, {@code gpt2-xl}, or a folder
   *     with a {@code config.json}
   * @throws UserError if it is neither
   */
  public static Gpt2Config like(String like) {
    return switch (like) {
      case "gpt2" -> gpt2(768, 12, 12);
      case "gpt2-medium" -> gpt2(1024, 24, 16);
      case "gpt2-large" -> gpt2(1280, 36, 20);
      case "gpt2-xl" -> gpt2(1600, 48, 25);
      default -> {
        if (!Files.isDirectory(Path.of(like))) {
          throw new UserError(
              "'"
                  + like
                  + "' is neither gpt2, gpt2-medium, gpt2-large, gpt2-xl nor a folder with a model");
        }
        yield Gpt2Config.read(Path.of(like, "config.json"));
      }
    };
  }

  /**
   * A shape with some numbers replaced. A new width brings an inner width of four times as much
   * unless that is given too; a token that marks an end is kept where it still is in the
   * vocabulary.
   *
   * @throws UserError if the result is not a GPT-2
   */
  public static Gpt2Config change(Gpt2Config base, Changes changes) {
    int vocabulary = changes.vocabulary().orElse(base.vocabSize());
    int width = changes.width().orElse(base.width());
    long fourfold = changes.width().isPresent() ? 4L * width : base.innerWidth();
    return new Gpt2Config(
        vocabulary,
        changes.context().orElse(base.contextLength()),
        width,
        changes.layers().orElse(base.layers()),
        changes.heads().orElse(base.heads()),
        changes
            .inner()
            .orElse((int) Math.min(Integer.MAX_VALUE, Math.max(fourfold, Integer.MIN_VALUE))),
        base.layerNormEpsilon(),
        base.activation(),
        base.scaleAttention(),
        base.scaleByInverseLayer(),
        base.bosToken() < vocabulary ? base.bosToken() : -1,
        base.eosToken() < vocabulary ? base.eosToken() : -1);
  }

  /** The same shape with the token that begins and ends a text. */
  public static Gpt2Config withEndToken(Gpt2Config config, int token) {
    return new Gpt2Config(
        config.vocabSize(),
        config.contextLength(),
        config.width(),
        config.layers(),
        config.heads(),
        config.innerWidth(),
        config.layerNormEpsilon(),
        config.activation(),
        config.scaleAttention(),
        config.scaleByInverseLayer(),
        token,
        token);
  }

  private static Gpt2Config gpt2(int width, int layers, int heads) {
    int end = GPT2_VOCABULARY - 1;
    return new Gpt2Config(
        GPT2_VOCABULARY,
        GPT2_CONTEXT,
        width,
        layers,
        heads,
        4 * width,
        1e-5f,
        Activation.GELU_NEW,
        true,
        false,
        end,
        end);
  }
}
