package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.scheduler.figures.Figures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code paceline figures}: the paper's figures 5 and 6, and the gap to the optimum. */
public final class FiguresCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public FiguresCommand() {
    this(PicocliRunner.standard());
  }

  FiguresCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "figures";
  }

  @Override
  public String summary() {
    return "regenerates the paper's figures 5 and 6 as tables, plots and a summary";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Body(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline figures",
      mixinStandardHelpOptions = true,
      description =
          "Regenerates figures: CSV, PNG and RESULTS.md; 'gap' makes GAP.md, how far TMA+ may be"
              + " from the optimum.",
      footer =
          "%nEvery option has an environment twin, e.g. PACELINE_SEEDS for --seeds; the command"
              + " line wins.")
  private static final class Body implements Callable<Integer> {
    private final PicocliRunner runner;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "5, 6, gap (default: 5 and 6)")
    private List<String> names = new ArrayList<>();

    @Option(names = "--seeds", description = "systems for each setting (default: ${DEFAULT-VALUE})")
    private int seeds = 20;

    @Option(names = "--out", paramLabel = "FOLDER", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("results", "scheduler");

    Body(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
      Set<Integer> numbers = new HashSet<>();
      boolean gap = false;
      for (String name : names.isEmpty() ? List.of("5", "6") : names) {
        switch (name) {
          case "5", "6" -> numbers.add(Integer.valueOf(name));
          case "gap" -> gap = true;
          default ->
              throw new UserError("there is no figure " + name + " here; choose 5, 6 or gap");
        }
      }
      if (seeds < 1) {
        throw new UserError("--seeds must be positive, not " + seeds);
      }
      if (!numbers.isEmpty()) {
        Figures.run(numbers, seeds, folder, runner.err()::println);
      }
      if (gap) {
        Figures.gap(seeds, folder, runner.err()::println);
      }
      runner.out().println("written to " + folder);
      return 0;
    }
  }
}
