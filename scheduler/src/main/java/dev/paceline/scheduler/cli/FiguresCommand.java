package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.scheduler.figures.Figures;
import dev.paceline.scheduler.mec.SionnaTrace;
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
              + " from the optimum; 'learned' makes LEARNED.md, what the trained policy adds.",
      footer =
          "%nEvery option has an environment twin, e.g. PACELINE_SEEDS for --seeds; the command"
              + " line wins.")
  private static final class Body implements Callable<Integer> {
    private final PicocliRunner runner;

    @Parameters(
        paramLabel = "NAME",
        arity = "0..*",
        description = "5, 6, gap, learned (default: 5 and 6)")
    private List<String> names = new ArrayList<>();

    @Option(names = "--seeds", description = "systems for each setting (default: ${DEFAULT-VALUE})")
    private int seeds = 20;

    @Option(names = "--out", paramLabel = "FOLDER", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("results", "scheduler");

    @Option(
        names = "--trace",
        paramLabel = "FILE",
        description = "with 'learned': further channel gains exported from Sionna, may be repeated")
    private List<Path> traces = new ArrayList<>();

    Body(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
      Set<Integer> numbers = new HashSet<>();
      boolean gap = false;
      boolean learned = false;
      for (String name : names.isEmpty() ? List.of("5", "6") : names) {
        switch (name) {
          case "5", "6" -> numbers.add(Integer.valueOf(name));
          case "gap" -> gap = true;
          case "learned" -> learned = true;
          default ->
              throw new UserError(
                  "there is no figure " + name + " here; choose 5, 6, gap or learned");
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
      if (learned) {
        List<SionnaTrace> channels = new ArrayList<>(List.of(SionnaTrace.builtIn()));
        traces.forEach(file -> channels.add(SionnaTrace.read(file)));
        Figures.learned(seeds, channels, folder, runner.err()::println);
      }
      runner.out().println("written to " + folder);
      return 0;
    }
  }
}
