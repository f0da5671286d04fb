package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code paceline evaluate}: loss of models on held-out text, and how a draft agrees. */
public final class EvaluateCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public EvaluateCommand() {
    this(PicocliRunner.standard());
  }

  EvaluateCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "evaluate";
  }

  @Override
  public String summary() {
    return "measures held-out loss, and acceptance of a draft's tokens by a target";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Run(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline evaluate",
      mixinStandardHelpOptions = true,
      description =
          "Measures the loss of a target, and of a draft with its acceptance, on held-out text.",
      footer = {
        "%nLoss in nats per token. For each temperature: the optimum 1 - TV, which no rule exceeds;"
            + " the acceptance of the coupled rule, computed exactly from both distributions; and"
            + " the bound (1 - TV) / (1 + TV), which it is proved to reach; means over the same"
            + " contexts."
      })
  private static final class Run implements Callable<Integer> {
    private final PicocliRunner runner;

    @Option(names = "--target", required = true, paramLabel = "ID|DIR", description = "a model")
    private String target = "";

    @Option(names = "--draft", paramLabel = "ID|DIR", description = "its draft")
    private @Nullable String draft;

    @Option(
        names = "--text",
        required = true,
        arity = "1..*",
        paramLabel = "TEXT",
        description = "text files or folders of them, each measured by itself")
    private List<Path> texts = List.of();

    @Option(
        names = "--window",
        defaultValue = "256",
        description =
            "the text is cut into windows of so many tokens, scored from the second on"
                + " (default: ${DEFAULT-VALUE})")
    private int window;

    @Option(
        names = "--windows",
        defaultValue = "0",
        description = "windows of each text at most, evenly spread; 0 for all")
    private int windows;

    @Option(
        names = "--temperatures",
        split = ",",
        defaultValue = "0,0.7,1",
        description = "default: ${DEFAULT-VALUE}")
    private double[] temperatures = {};

    @Option(
        names = "--precision",
        defaultValue = "fp32",
        description = "of the linear layers: fp32 or bf16 (default: ${DEFAULT-VALUE})")
    private String precision = "";

    @Option(
        names = "--device",
        defaultValue = "cpu",
        description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
    private String device = "";

    @Option(names = "--threads", defaultValue = "0", description = "default: one a core")
    private int threads;

    Run(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() {
      for (double each : temperatures) {
        if (!(each == 0 || each >= 0.01 && each <= 100)) {
          throw new UserError("--temperatures " + each + " is not 0 or between 0.01 and 100");
        }
      }
      ModelRegistry registry = new ModelRegistry(runner.environment());
      CacheDirectory cache = CacheDirectory.of(runner.environment());
      Path folder = registry.resolve(target).directory();
      try (Gpt2Checkpoint large = Gpt2Checkpoint.open(folder, cache);
          Tokenizer tokenizer = Tokenizer.open(folder, cache)) {
        tokenizer.requireFits(large.config().vocabSize(), target);
        Device on = Devices.of(device, threads);
        TrainSpec spec = new TrainSpec(large.config(), Devices.compute(precision));
        if (draft == null) {
          List<Validation> cut = cut(tokenizer, cache, large.config().contextLength());
          try (TargetModel model = new TargetModel(spec, large, on)) {
            runner.out().println("text                    tokens  target loss");
            cut.forEach(text -> print(text, model.loss(text.windows())));
          }
          return 0;
        }
        Path small = registry.resolve(draft).directory();
        try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(small, cache)) {
          sameWords(tokenizer, small, cache);
          int positions =
              Math.min(large.config().contextLength(), checkpoint.config().contextLength());
          List<Validation> cut = cut(tokenizer, cache, positions);
          TrainSpec less = new TrainSpec(checkpoint.config(), Devices.compute(precision));
          try (PairModel pair = new PairModel(less, spec, on)) {
            pair.teach(large);
            pair.draft().freeze(Weights.of(checkpoint, pair.draft().layout()));
            cut.forEach(text -> print(text, pair.measure(text.windows(), temperatures)));
          }
        }
      }
      return 0;
    }

    private List<Validation> cut(Tokenizer tokenizer, CacheDirectory cache, int positions) {
      if (window < 2 || window > positions + 1) {
        throw new UserError("--window " + window + " is not between 2 and " + (positions + 1));
      }
      if (windows < 0) {
        throw new UserError("--windows " + windows + " is negative");
      }
      List<Validation> cut = new ArrayList<>();
      for (Path text : texts) {
        Corpus corpus = Corpus.open(text, tokenizer, cache);
        cut.add(Validation.of(String.valueOf(text.getFileName()), corpus, window, windows));
      }
      return cut;
    }

    private void sameWords(Tokenizer tokenizer, Path folder, CacheDirectory cache) {
      if (!Tokenizer.present(folder)) {
        return;
      }
      try (Tokenizer other = Tokenizer.open(folder, cache)) {
        if (!other.fingerprint().equals(tokenizer.fingerprint())) {
          throw new UserError(
              target + " and " + draft + " have different tokenizers: they are no pair");
        }
      }
    }

    private void print(Validation text, double loss) {
      long tokens = text.windows().size() * (window - 1L);
      runner.out().printf(Locale.ROOT, "%-20s %9d  %11.4f%n", text.name(), tokens, loss);
    }

    private void print(Validation text, Agreement found) {
      runner
          .out()
          .printf(
              Locale.ROOT,
              "%s: %d tokens, loss of the target %.4f, of the draft %.4f, greedy agreement %.4f%n",
              text.name(),
              found.tokens(),
              found.targetLoss(),
              found.draftLoss(),
              found.greedy());
      runner.out().println("     T  optimum 1-TV  coupled  bound (1-TV)/(1+TV)");
      for (Agreement.AtTemperature each : found.temperatures()) {
        runner
            .out()
            .printf(
                Locale.ROOT,
                "%6.2f  %12.4f  %7.4f  %19.4f%n",
                each.temperature(),
                each.optimum(),
                each.coupled(),
                each.bound());
      }
    }
  }
}
