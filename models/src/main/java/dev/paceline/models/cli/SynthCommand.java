package dev.paceline.models.cli;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.synth.Shapes;
import dev.paceline.models.synth.Synthesizer;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline models synth}. */
@Command(
    name = "synth",
    mixinStandardHelpOptions = true,
    description =
        "Writes a GPT-2 of any shape with seeded random weights, to measure time and memory with.")
final class SynthCommand implements Callable<Integer> {
  private static final List<String> TOKENIZER_FILES =
      List.of("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt");

  private final PicocliRunner runner;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "a new folder")
  private Path out = Path.of("");

  @Option(
      names = "--like",
      defaultValue = "gpt2",
      paramLabel = "SHAPE",
      description =
          "gpt2, gpt2-medium, gpt2-large, gpt2-xl or a model's folder (default: ${DEFAULT-VALUE})")
  private String like = "";

  @Option(names = "--layers", description = "replaces the number of layers")
  private @Nullable Integer layers;

  @Option(names = "--heads", description = "replaces the number of heads")
  private @Nullable Integer heads;

  @Option(names = "--width", description = "replaces the width")
  private @Nullable Integer width;

  @Option(names = "--inner", description = "replaces the width of the MLP (default: 4 × width)")
  private @Nullable Integer inner;

  @Option(names = "--vocab", description = "replaces the size of the vocabulary")
  private @Nullable Integer vocabulary;

  @Option(names = "--context", description = "replaces the number of positions")
  private @Nullable Integer context;

  @Option(
      names = "--dtype",
      defaultValue = "fp16",
      paramLabel = "TYPE",
      description = "fp32, fp16 or bf16 (default: ${DEFAULT-VALUE})")
  private String dtype = "";

  @Option(
      names = "--seed",
      defaultValue = "0",
      description = "of the weights (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  SynthCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    Shapes.Changes changes =
        new Shapes.Changes(
            Optional.ofNullable(vocabulary),
            Optional.ofNullable(context),
            Optional.ofNullable(width),
            Optional.ofNullable(layers),
            Optional.ofNullable(heads),
            Optional.ofNullable(inner));
    Gpt2Config config = Shapes.change(Shapes.like(like), changes);
    Path folder = Path.of(like);
    boolean copy = Files.isDirectory(folder) && vocabulary == null;
    Optional<ShippedTokenizers> shipped =
        copy ? Optional.empty() : ShippedTokenizers.fitting(config.vocabSize());
    if (!copy) {
      config = Shapes.withEndToken(config, shipped.map(ShippedTokenizers::eosToken).orElse(-1));
    }
    new Synthesizer(config, type(), seed)
        .write(
            out,
            directory -> {
              if (shipped.isPresent()) {
                shipped.get().write(directory);
              } else if (copy) {
                copyTokenizer(folder, directory);
              }
            });
    Path name = out.toAbsolutePath().normalize().getFileName();
    ModelSource source = new ModelSource(String.valueOf(name), out);
    ModelSummary model = ModelSummary.of(source, CacheDirectory.of(runner.environment()));
    runner
        .out()
        .println(
            json
                ? model.json()
                : out
                    + ": "
                    + model.millions()
                    + " parameters ("
                    + model.shape()
                    + "), "
                    + model.size()
                    + " "
                    + model.dtype());
    return 0;
  }

  private DType type() {
    return switch (dtype) {
      case "fp32" -> DType.F32;
      case "fp16" -> DType.F16;
      case "bf16" -> DType.BF16;
      default -> throw new UserError("--dtype '" + dtype + "' is not fp32, fp16 or bf16");
    };
  }

  private static void copyTokenizer(Path from, Path to) throws IOException {
    for (String file : TOKENIZER_FILES) {
      if (Files.exists(from.resolve(file))) {
        Files.copy(from.resolve(file), to.resolve(file));
      }
    }
  }
}
