package dev.paceline.models.cli;

import dev.paceline.common.cli.Command;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code paceline models}: the models on this machine. */
public final class ModelsCommand implements Command {
  private final PicocliRunner runner;

  @CommandLine.Command(
      name = "paceline models",
      mixinStandardHelpOptions = true,
      description = "Lists, downloads, inspects, makes and verifies models.",
      footer =
          "%nEvery option has an environment twin, e.g. PACELINE_MODEL for --model; the command line wins.")
  private static final class Root implements Runnable {
    @Spec CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(
          spec.commandLine(), "Missing command: ls, pull, inspect, synth or verify");
    }
  }

  /** With this process's environment and streams. */
  public ModelsCommand() {
    this(PicocliRunner.standard());
  }

  ModelsCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "models";
  }

  @Override
  public String summary() {
    return "lists, downloads, inspects, makes and verifies models";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    CommandSpec root = CommandSpec.forAnnotatedObject(new Root());
    for (Object command :
        List.of(
            new ListCommand(runner),
            new PullCommand(runner),
            new InspectCommand(runner),
            new SynthCommand(runner),
            new VerifyCommand(runner))) {
      CommandSpec spec = CommandSpec.forAnnotatedObject(command);
      root.addSubcommand(spec.name(), spec);
    }
    return runner.run(root, arguments);
  }
}
