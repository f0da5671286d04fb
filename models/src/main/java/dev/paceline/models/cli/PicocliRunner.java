package dev.paceline.models.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Runs a picocli command the way {@link dev.paceline.common.cli.Command} wants it: wrong usage is
 * one sentence and status 2, everything that the command throws reaches the caller, every option
 * has its environment twin.
 *
 * @param environment variables by name
 * @param out for results
 * @param err for messages and progress
 */
public record PicocliRunner(Map<String, String> environment, PrintStream out, PrintStream err) {
  private static final int USAGE = 2;

  /** Runs with this process's environment and streams. */
  public static PicocliRunner standard() {
    return new PicocliRunner(System.getenv(), System.out, System.err);
  }

  /**
   * Runs a command.
   *
   * @param command annotated with {@link CommandLine.Command}, a {@code Callable<Integer>} or
   *     {@code Runnable}; its name begins with {@code paceline}
   * @return the exit status: what the command returned, 0 after help, 2 after wrong usage
   * @throws Exception what the command threw
   */
  public int run(Object command, List<String> arguments) throws Exception {
    AtomicReference<@Nullable Exception> thrown = new AtomicReference<>();
    CommandLine line = new CommandLine(command);
    dropVersion(line);
    line.setDefaultValueProvider(new EnvironmentDefaults(environment))
        .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, args) -> usage(e))
        .setExecutionExceptionHandler(
            (e, failed, result) -> {
              thrown.set(e);
              return 1;
            });
    int status = line.execute(arguments.toArray(String[]::new));
    Exception e = thrown.get();
    if (e != null) {
      throw e;
    }
    return status;
  }

  /**
   * The standard help brings {@code --version} along; the launcher is the one that has a version.
   */
  private static void dropVersion(CommandLine line) {
    OptionSpec version = line.getCommandSpec().findOption("--version");
    if (version != null && version.versionHelp()) {
      line.getCommandSpec().remove(version);
    }
    line.getSubcommands().values().forEach(PicocliRunner::dropVersion);
  }

  private int usage(ParameterException e) {
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("wrong usage");
    err.println(name + ": " + message + "; '" + name + " --help' shows the options");
    return USAGE;
  }
}
