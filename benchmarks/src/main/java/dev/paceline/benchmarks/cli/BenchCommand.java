package dev.paceline.benchmarks.cli;

import dev.paceline.benchmarks.acceptance.AcceptanceCommand;
import dev.paceline.benchmarks.check.CheckCommand;
import dev.paceline.benchmarks.drafts.DraftsCommand;
import dev.paceline.benchmarks.modes.ModesCommand;
import dev.paceline.benchmarks.serve.ServeLoadCommand;
import dev.paceline.benchmarks.step.StepCommand;
import dev.paceline.benchmarks.survival.SurvivalCommand;
import dev.paceline.benchmarks.train.TrainingCommand;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import java.util.List;
import picocli.CommandLine;

/** {@code paceline bench}: measurements. */
public final class BenchCommand implements Command {
  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String summary() {
    return "measure: step, serve-load, modes, survival, drafts, acceptance, train, decisions,"
        + " check";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Bench(), arguments);
  }

  @CommandLine.Command(
      name = "paceline bench",
      description = "Measures this machine with Paceline's own programs.",
      mixinStandardHelpOptions = true,
      subcommands = {
        StepCommand.class,
        ServeLoadCommand.class,
        ModesCommand.class,
        SurvivalCommand.class,
        DraftsCommand.class,
        AcceptanceCommand.class,
        TrainingCommand.class,
        DecisionsCommand.class,
        CheckCommand.class
      })
  private static final class Bench implements Runnable {
    @CommandLine.Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Override
    public void run() {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "say what to measure: step, serve-load, modes, survival, drafts, acceptance, train,"
              + " decisions or check");
    }
  }
}
