package dev.paceline.benchmarks;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;

/** Runs commands as the launcher does, with streams of their own. */
final class CommandLine {
  private CommandLine() {}

  /** How a command ended: its status and everything it said. */
  record Ending(int status, String out, String err) {}

  /** Runs a command; an error of the program stays an error of the test. */
  static Ending run(String stdin, List<String> line) throws Exception {
    return run(stdin.getBytes(StandardCharsets.UTF_8), line);
  }

  static Ending run(byte[] stdin, List<String> line) throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    InputStream in = System.in;
    PrintStream err = System.err;
    PrintStream out = System.out;
    System.setIn(new ByteArrayInputStream(stdin));
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      int status = command(line.get(0)).run(line.subList(1, line.size()));
      return new Ending(
          status, printed.toString(StandardCharsets.UTF_8), said.toString(StandardCharsets.UTF_8));
    } catch (UserError e) {
      return new Ending(
          1, printed.toString(StandardCharsets.UTF_8), String.valueOf(e.getMessage()));
    } finally {
      System.setIn(in);
      System.setErr(err);
      System.setOut(out);
    }
  }

  /** Made anew each time: some take the streams when they are made. */
  private static Command command(String name) {
    return ServiceLoader.load(Command.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(candidate -> candidate.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
