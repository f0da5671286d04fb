package dev.paceline.common.cli;

import dev.paceline.common.UserError;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Entry point of {@code ./paceline}: finds the command by its name and turns failures into one
 * sentence.
 *
 * <p>Exit status: 0 success, 1 a failure with a sentence, 2 wrong usage, 70 an internal error.
 */
public final class Paceline {
  private Paceline() {}

  public static void main(String[] arguments) {
    // gRPC logs through java.util.logging, which would otherwise report its start-up on the
    // console.
    Logger.getLogger("").setLevel(Level.WARNING);
    List<Command> commands = new ArrayList<>();
    ServiceLoader.load(Command.class).forEach(commands::add);
    int status = run(commands, Arrays.asList(arguments), System.out, System.err);
    System.out.flush();
    System.exit(status);
  }

  /** Runs one command line; apart from {@link #main} so that tests can call it. */
  static int run(List<Command> commands, List<String> arguments, PrintStream out, PrintStream err) {
    if (arguments.isEmpty() || arguments.get(0).matches("-h|--help|help")) {
      printUsage(commands, out);
      return arguments.isEmpty() ? 2 : 0;
    }
    String name = arguments.get(0);
    for (Command command : commands) {
      if (command.name().equals(name)) {
        return run(command, arguments.subList(1, arguments.size()), err);
      }
    }
    err.println("paceline: unknown command '" + name + "'; 'paceline help' lists the commands");
    return 2;
  }

  private static int run(Command command, List<String> arguments, PrintStream err) {
    boolean debug = System.getenv("PACELINE_DEBUG") != null;
    try {
      return command.run(arguments);
    } catch (UserError e) {
      err.println("paceline: " + e.getMessage());
      if (debug) {
        e.printStackTrace(err);
      }
      return 1;
    } catch (Exception e) {
      err.println("paceline: internal error: " + e + " (PACELINE_DEBUG=1 prints the trace)");
      if (debug) {
        e.printStackTrace(err);
      }
      return 70;
    }
  }

  private static void printUsage(List<Command> commands, PrintStream out) {
    out.println("Usage: paceline COMMAND [OPTIONS]");
    out.println();
    commands.stream()
        .sorted(Comparator.comparing(Command::name))
        .forEach(c -> out.printf("  %-14s %s%n", c.name(), c.summary()));
    out.println();
    out.println("'paceline COMMAND --help' describes the options of a command.");
  }
}
