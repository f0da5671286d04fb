package dev.paceline.models.train;

import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import java.nio.file.Path;
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
    private List<Double> temperatures = List.of();

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
      PairEvaluation evaluation =
          new PairEvaluation(window, windows, temperatures, precision, device, threads);
      ModelRegistry registry = new ModelRegistry(runner.environment());
      CacheDirectory cache = CacheDirectory.of(runner.environment());
      ModelSource large = registry.resolve(target);
      if (draft == null) {
        evaluation
            .loss(large, texts, cache)
            .forEach(
                (text, loss) ->
                    runner
                        .out()
                        .printf(
                            Locale.ROOT,
                            "%s: loss of the target %.4f%n",
                            text.getFileName(),
                            loss));
        return 0;
      }
      evaluation
          .compare(large, registry.resolve(draft), texts, cache)
          .forEach(
              (text, found) -> {
                runner.out().print(text.getFileName() + ": ");
                found.print(runner.out());
              });
      return 0;
    }
  }
}
