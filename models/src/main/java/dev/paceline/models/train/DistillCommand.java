package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.synth.Shapes;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code paceline distill}: a draft from a target. */
public final class DistillCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public DistillCommand() {
    this(PicocliRunner.standard());
  }

  DistillCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "distill";
  }

  @Override
  public String summary() {
    return "trains a draft model towards a target model";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Run(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline distill",
      mixinStandardHelpOptions = true,
      description =
          "Trains a small GPT-2 towards the distributions of a large one, on text and on the large"
              + " one's own samples.",
      footer = {
        "%nThe folder of --out is as train's. The best draft is the one whose expected acceptance"
            + " on --valid is highest: the mean of greedy agreement and of the coupled rule at"
            + " temperatures 0.7 and 1."
      })
  private static final class Run implements Callable<Integer> {
    private final PicocliRunner runner;

    @CommandLine.Mixin private RunArguments arguments = new RunArguments();

    @Option(
        names = "--target",
        required = true,
        paramLabel = "ID|DIR",
        description = "the model to learn from; the draft gets its tokenizer")
    private String target = "";

    @Option(
        names = "--init",
        paramLabel = "ID|DIR",
        description = "begin with this draft instead of random weights of --layers etc.")
    private @Nullable String init;

    @Option(names = "--layers", defaultValue = "2", description = "default: ${DEFAULT-VALUE}")
    private int layers;

    @Option(names = "--width", defaultValue = "128", description = "default: ${DEFAULT-VALUE}")
    private int width;

    @Option(names = "--heads", defaultValue = "4", description = "default: ${DEFAULT-VALUE}")
    private int heads;

    @Option(
        names = "--context",
        defaultValue = "0",
        description = "positions of the draft (default: the target's)")
    private int context;

    @Option(
        names = "--loss",
        defaultValue = "forward-kl",
        description =
            "forward-kl, reverse-kl or tv, the total variation, which acceptance depends on"
                + " (default: ${DEFAULT-VALUE})")
    private String loss = "";

    @Option(
        names = "--cross-entropy",
        defaultValue = "0.1",
        paramLabel = "SHARE",
        description = "share of the cross-entropy with the text (default: ${DEFAULT-VALUE})")
    private double crossEntropy;

    @Option(
        names = "--on-samples",
        defaultValue = "0",
        paramLabel = "SHARE",
        description =
            "share of the training on the target's own samples (default: ${DEFAULT-VALUE})")
    private double onSamples;

    @Option(
        names = "--sample-tokens",
        defaultValue = "1000000",
        description = "tokens that the target writes (default: ${DEFAULT-VALUE})")
    private long sampleTokens;

    @Option(
        names = "--sample-prompt",
        defaultValue = "16",
        description = "tokens of --data that a sample begins with (default: ${DEFAULT-VALUE})")
    private int samplePrompt;

    @Option(
        names = "--target-precision",
        paramLabel = "TYPE",
        description = "fp32, bf16 or auto (default: as --precision)")
    private @Nullable String targetPrecision;

    Run(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws IOException {
      Objective objective = objective();
      share("--cross-entropy", crossEntropy, 1);
      share("--on-samples", onSamples, 0.999);
      ModelRegistry registry = new ModelRegistry(runner.environment());
      CacheDirectory cache = CacheDirectory.of(runner.environment());
      Path folder = registry.resolve(target).directory();
      try (Gpt2Checkpoint teacher = Gpt2Checkpoint.open(folder, cache);
          Tokenizer text = Tokenizer.open(folder, cache)) {
        text.requireFits(teacher.config().vocabSize(), target);
        Start start = start(registry, teacher.config(), text);
        int positions = Math.min(teacher.config().contextLength(), start.config().contextLength());
        TrainRun run = new TrainRun(runner, arguments, positions);
        TrainRun.Texts texts = run.texts(text);
        Device on = Devices.of(arguments.device, arguments.threads);
        String label = "target " + teacher.digest();
        if (onSamples > 0) {
          Samples samples =
              new Samples(sampleTokens, arguments.sequence, samplePrompt, arguments.seed);
          Corpus own =
              samples.make(
                  teacher, texts, arguments.device, arguments.threads, cache, runner.err());
          texts = texts.with(own, onSamples);
          label += " " + samples;
        }
        String precise = targetPrecision == null ? arguments.precision : targetPrecision;
        TrainSpec draft = new TrainSpec(start.config(), Devices.compute(arguments.precision, on));
        TrainSpec large = new TrainSpec(teacher.config(), Devices.compute(precise, on));
        try (PairModel pair = new PairModel(draft, large, on)) {
          pair.teach(teacher);
          pair.draft().restore(start.weights());
          Course course = Course.distillation(pair, objective, crossEntropy, label);
          run.run(pair.draft(), course, texts, text, folder);
        }
      }
      return 0;
    }

    /** What a draft begins with. */
    private record Start(Gpt2Config config, float[] weights) {}

    private Start start(ModelRegistry registry, Gpt2Config large, Tokenizer text) {
      if (init == null) {
        int positions = context == 0 ? large.contextLength() : context;
        Gpt2Config config =
            Shapes.withEndToken(
                Gpt2Config.ofShape(large.vocabSize(), positions, width, layers, heads, 4 * width),
                text.eosToken());
        return new Start(config, Weights.fresh(new FlatLayout(config), arguments.seed));
      }
      Path folder = registry.resolve(init).directory();
      try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(folder)) {
        Gpt2Config config = checkpoint.config();
        return new Start(config, Weights.of(checkpoint, new FlatLayout(config)));
      }
    }

    private Objective objective() {
      return switch (loss) {
        case "forward-kl" -> Objective.FORWARD_KL;
        case "reverse-kl" -> Objective.REVERSE_KL;
        case "tv" -> Objective.TV;
        default -> throw new UserError("--loss '" + loss + "' is not forward-kl, reverse-kl or tv");
      };
    }

    private static void share(String option, double value, double most) {
      if (!(value >= 0 && value <= most)) {
        throw new UserError(option + " " + value + " is not between 0 and " + most);
      }
    }
  }
}
