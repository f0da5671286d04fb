package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.synth.Shapes;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code paceline train}: a GPT-2 of any small shape from text files. */
public final class TrainCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public TrainCommand() {
    this(PicocliRunner.standard());
  }

  TrainCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "train";
  }

  @Override
  public String summary() {
    return "trains a small GPT-2 from text files";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Run(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline train",
      mixinStandardHelpOptions = true,
      description = "Trains a GPT-2 of any small shape from text files.",
      footer = {
        "%nThe folder of --out gets best/ and last/ (HuggingFace layout), log.csv, validation.csv"
            + " and the state from which --resume goes on: exactly, bit for bit on a CPU with"
            + " --steps; with --minutes the schedule follows the clock."
      })
  private static final class Run implements Callable<Integer> {
    private final PicocliRunner runner;

    @CommandLine.Mixin private RunArguments arguments = new RunArguments();

    @Option(
        names = "--tokenizer",
        paramLabel = "DIR",
        description = "a folder with a tokenizer (default: the built-in pair's)")
    private @Nullable Path tokenizer;

    @Option(names = "--layers", defaultValue = "6", description = "default: ${DEFAULT-VALUE}")
    private int layers;

    @Option(names = "--width", defaultValue = "256", description = "default: ${DEFAULT-VALUE}")
    private int width;

    @Option(names = "--heads", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
    private int heads;

    @Option(
        names = "--context",
        defaultValue = "512",
        description = "positions of the model (default: ${DEFAULT-VALUE})")
    private int context;

    Run(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws IOException {
      TrainRun run = new TrainRun(runner, arguments, context);
      Files.createDirectories(arguments.out);
      Path words = tokenizerFolder();
      try (Tokenizer text = Tokenizer.open(words, run.cache())) {
        Gpt2Config config =
            Shapes.withEndToken(
                Gpt2Config.ofShape(text.vocabSize(), context, width, layers, heads, 4 * width),
                text.eosToken());
        TrainRun.Texts texts = run.texts(text);
        Device on = Devices.of(arguments.device, arguments.threads);
        TrainSpec spec = new TrainSpec(config, Devices.compute(arguments.precision, on));
        try (TrainableModel model = new TrainableModel(spec, on)) {
          model.restore(Weights.fresh(model.layout(), arguments.seed));
          run.run(model, Course.text(model), texts, text, words);
        }
      }
      return 0;
    }

    private Path tokenizerFolder() throws IOException {
      if (tokenizer != null) {
        return tokenizer;
      }
      Path folder = arguments.out.resolve("tokenizer");
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        ShippedTokenizers.NANO.write(folder);
      }
      return folder;
    }
  }
}
