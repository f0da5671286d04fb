package dev.paceline.benchmarks.survival;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Paceline;
import dev.paceline.models.registry.ModelRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code paceline serve} in a process of its own, killed with SIGKILL. */
final class ChildHost implements Host {
  private static final Pattern SERVING = Pattern.compile("serving .* on .*:([0-9]+)");

  private Process process;
  private int port;

  /**
   * @throws UserError if no server comes up
   */
  ChildHost() {
    process = launch();
    port = awaitPort(process);
  }

  private static Process launch() {
    String java =
        ProcessHandle.current()
            .info()
            .command()
            .orElseThrow(() -> new UserError("this Java's own program is not known"));
    List<String> line =
        new ArrayList<>(List.of(java, "--add-opens", "java.base/java.nio=ALL-UNNAMED"));
    String root = System.getProperty("paceline.root");
    if (root != null) {
      line.add("-Dpaceline.root=" + root);
    }
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Paceline.class.getName()));
    line.addAll(List.of("serve", "--model", ModelRegistry.NANO, "--port", "0", "--slots", "4"));
    line.addAll(List.of("--log-level", "error"));
    try {
      return new ProcessBuilder(line).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UserError("no server process could be started: " + e.getMessage(), e);
    }
  }

  /** The server says one line or two and then nothing, so nobody has to read on. */
  private static int awaitPort(Process process) {
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher serving = SERVING.matcher(line);
        if (serving.find()) {
          return Integer.parseInt(serving.group(1));
        }
      }
    } catch (IOException e) {
      process.destroyForcibly();
      throw new UserError("the server process cannot be read: " + e.getMessage(), e);
    }
    process.destroyForcibly();
    throw new UserError("the server process ended before it served");
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void restart() {
    process = launch();
    port = awaitPort(process);
  }

  @Override
  public void close() {
    kill();
  }
}
