package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.synth.Shapes;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

    @Option(
        names = "--data",
        required = true,
        paramLabel = "TEXT[=SHARE]",
        description =
            "a text file or a folder of them, with its share of the training (default: 1);"
                + " repeatable")
    private List<String> data = List.of();

    @Option(
        names = "--valid",
        paramLabel = "TEXT",
        description = "held-out text, never trained on; repeatable")
    private List<Path> valid = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "the run's folder")
    private Path out = Path.of("");

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

    @Option(
        names = "--sequence",
        defaultValue = "256",
        description = "tokens of a training sequence (default: ${DEFAULT-VALUE})")
    private int sequence;

    @Option(
        names = "--batch",
        defaultValue = "16",
        description = "sequences of an update (default: ${DEFAULT-VALUE})")
    private int batch;

    @Option(
        names = "--accumulate",
        defaultValue = "1",
        description = "micro-batches of an update (default: ${DEFAULT-VALUE})")
    private int accumulation;

    @Option(names = "--steps", defaultValue = "0", description = "updates of the whole run")
    private long steps;

    @Option(
        names = "--stop-after",
        defaultValue = "9223372036854775807",
        description = "stop when this many updates of the run are done; --resume goes on",
        showDefaultValue = CommandLine.Help.Visibility.NEVER)
    private long stopAfter;

    @Option(names = "--minutes", defaultValue = "0", description = "time of the whole run")
    private double minutes;

    @Option(
        names = "--optimizer",
        defaultValue = "muon",
        description = "adamw or muon (default: ${DEFAULT-VALUE})")
    private Optimizer optimizer = Optimizer.MUON;

    @Option(names = "--lr", defaultValue = "3e-3", description = "default: ${DEFAULT-VALUE}")
    private double rate;

    @Option(
        names = "--weight-decay",
        defaultValue = "0.05",
        description = "default: ${DEFAULT-VALUE}")
    private double decay;

    @Option(
        names = "--clip",
        defaultValue = "1",
        description = "largest norm of the gradient (default: ${DEFAULT-VALUE})")
    private double clip;

    @Option(
        names = "--schedule",
        defaultValue = "cosine",
        description = "cosine, or wsd: stable, then a linear decay (default: ${DEFAULT-VALUE})")
    private Schedule.Shape schedule = Schedule.Shape.COSINE;

    @Option(
        names = "--warmup",
        defaultValue = "0.02",
        description = "fraction of the run (default: ${DEFAULT-VALUE})")
    private double warmup;

    @Option(
        names = "--decay-part",
        defaultValue = "0.3",
        description = "fraction of the run in which wsd decays (default: ${DEFAULT-VALUE})")
    private double decayPart;

    @Option(
        names = "--precision",
        defaultValue = "bf16",
        description =
            "of the linear layers: fp32 or bf16; weights, norms and loss are fp32"
                + " (default: ${DEFAULT-VALUE})")
    private String precision = "";

    @Option(
        names = "--device",
        defaultValue = "cpu",
        description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
    private String device = "";

    @Option(names = "--threads", defaultValue = "0", description = "default: one a core")
    private int threads;

    @Option(
        names = "--validate-every",
        defaultValue = "250",
        description = "updates between validations and checkpoints (default: ${DEFAULT-VALUE})")
    private int validateEvery;

    @Option(
        names = "--seed",
        defaultValue = "1",
        description = "of weights and data order (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--resume", description = "go on from the state in --out if there is one")
    private boolean resume;

    @Option(
        names = "--from",
        paramLabel = "FILE",
        description =
            "begin with the weights and moments of this state, e.g. another run's"
                + " stable.safetensors; the options may differ, the shape may not")
    private @Nullable Path from;

    Run(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws IOException {
      TrainOptions options =
          new TrainOptions(
              optimizer,
              new Schedule(schedule, warmup, decayPart),
              batch,
              accumulation,
              sequence,
              rate,
              decay,
              clip,
              steps,
              minutes,
              validateEvery,
              seed);
      if (sequence > context) {
        throw new UserError("--sequence " + sequence + " is more than --context " + context);
      }
      Path state = out.resolve(Trainer.STATE);
      if (!resume && Files.exists(state)) {
        throw new UserError(out + " has a run already: --resume goes on with it");
      }
      CacheDirectory cache = CacheDirectory.of(runner.environment());
      Files.createDirectories(out);
      Path words = tokenizerFolder();
      try (Tokenizer text = Tokenizer.open(words, cache)) {
        Gpt2Config config =
            Shapes.withEndToken(
                Gpt2Config.ofShape(text.vocabSize(), context, width, layers, heads, 4 * width),
                text.eosToken());
        Mixture mixture = mixture(text, cache);
        List<Validation> validations = new ArrayList<>();
        for (Path each : valid) {
          Corpus corpus = Corpus.open(each, text, cache);
          String name = String.valueOf(each.getFileName());
          validations.add(Validation.of(name, corpus, Math.min(257, sequence + 1), 64));
        }
        Device on = Devices.of(device, threads);
        TrainSpec spec = new TrainSpec(config, Devices.compute(precision));
        try (TrainableModel model = new TrainableModel(spec, on);
            TrainProgress progress = TrainProgress.of(runner.err(), out.resolve("log.csv"))) {
          model.restore(Weights.fresh(model.layout(), seed));
          Trainer trainer =
              new Trainer(
                  model, mixture, validations, options, words, out, progress, System::nanoTime);
          if (resume && Files.exists(state)) {
            trainer.resume(state);
          } else if (from != null) {
            trainer.begin(from);
          }
          runner
              .err()
              .println(
                  config.parameters() + " parameters, " + mixture.tokens() + " tokens of text");
          trainer.run(stopAfter);
        }
      }
      runner.out().println(out.resolve(valid.isEmpty() ? "last" : "best"));
      return 0;
    }

    private Mixture mixture(Tokenizer text, CacheDirectory cache) {
      List<Corpus> corpora = new ArrayList<>();
      double[] shares = new double[data.size()];
      for (int i = 0; i < shares.length; i++) {
        String item = data.get(i);
        int cut = item.lastIndexOf('=');
        shares[i] = cut < 0 ? 1 : share(item, item.substring(cut + 1));
        Path path = Path.of(cut < 0 ? item : item.substring(0, cut));
        corpora.add(Corpus.open(path, text, cache));
      }
      return new Mixture(corpora, shares, sequence, seed);
    }

    private static double share(String item, String text) {
      try {
        double share = Double.parseDouble(text);
        if (share > 0 && share < 1e9) {
          return share;
        }
      } catch (NumberFormatException e) {
        // The sentence below says it.
      }
      throw new UserError("--data " + item + ": the share '" + text + "' is not a number above 0");
    }

    private Path tokenizerFolder() throws IOException {
      if (tokenizer != null) {
        return tokenizer;
      }
      Path folder = out.resolve("tokenizer");
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
        ShippedTokenizers.NANO.write(folder);
      }
      return folder;
    }
  }
}
