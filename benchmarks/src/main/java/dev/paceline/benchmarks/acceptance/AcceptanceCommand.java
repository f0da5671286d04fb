package dev.paceline.benchmarks.acceptance;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.train.Agreement;
import dev.paceline.models.train.PairEvaluation;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench acceptance}. */
@Command(
    name = "acceptance",
    mixinStandardHelpOptions = true,
    description = {
      "Acceptance of the coupled rule on a pair, beside the optimum 1 - TV and the bound",
      "(1 - TV) / (1 + TV) on the same contexts, computed from both distributions."
    })
public final class AcceptanceCommand implements Callable<Integer> {
  private static final List<String> SHIPPED = List.of("novels.txt", "python.txt");

  @Option(
      names = "--target",
      paramLabel = "ID|DIR",
      defaultValue = ModelRegistry.NANO + "-target",
      description = "default: ${DEFAULT-VALUE}")
  private String target = "";

  @Option(
      names = "--draft",
      paramLabel = "ID|DIR",
      defaultValue = ModelRegistry.NANO + "-draft",
      description = "default: ${DEFAULT-VALUE}")
  private String draft = "";

  @Option(
      names = "--text",
      arity = "1..*",
      paramLabel = "TEXT",
      description = "text files (default: the novels and Python that ship with this command)")
  private List<Path> texts = List.of();

  @Option(
      names = "--windows",
      defaultValue = "0",
      description = "windows of 256 tokens of each text at most, evenly spread; 0 for all")
  private int windows;

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "of the CPU for one operation (default: one a core)")
  private int threads;

  private final Map<String, String> environment;
  private final PrintStream out;

  /** With this process's environment and standard output. */
  public AcceptanceCommand() {
    this(System.getenv(), System.out);
  }

  AcceptanceCommand(Map<String, String> environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  @Override
  public Integer call() throws IOException {
    PairEvaluation evaluation =
        new PairEvaluation(256, windows, List.of(0.0, 0.7, 1.0), "fp32", "cpu", threads);
    ModelRegistry registry = new ModelRegistry(environment);
    CacheDirectory cache = CacheDirectory.of(environment);
    Path folder = Files.createTempDirectory("paceline-acceptance");
    try {
      Map<Path, Agreement> found =
          evaluation.compare(
              registry.resolve(target),
              registry.resolve(draft),
              texts.isEmpty() ? shipped(folder) : texts,
              cache);
      print(found);
    } finally {
      CacheDirectory.deleteTree(folder);
    }
    return 0;
  }

  private void print(Map<Path, Agreement> found) {
    out.println("| text | tokens | T | (1-TV)/(1+TV) | coupled | 1-TV |");
    out.println("|---|--:|--:|--:|--:|--:|");
    found.forEach(
        (text, agreement) ->
            agreement
                .temperatures()
                .forEach(
                    each ->
                        out.printf(
                            Locale.ROOT,
                            "| %s | %d | %.1f | %.3f | %.3f | %.3f |%n",
                            text.getFileName(),
                            agreement.tokens(),
                            each.temperature(),
                            each.bound(),
                            each.coupled(),
                            each.optimum())));
  }

  private static List<Path> shipped(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : SHIPPED) {
      Path file = folder.resolve(name);
      try (InputStream in = AcceptanceCommand.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new UserError("the text " + name + " is missing from the jar");
        }
        Files.copy(in, file);
      }
      files.add(file);
    }
    return files;
  }
}
