package dev.paceline.target.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.local.LocalTarget;
import dev.paceline.target.TargetServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;

/** Starts the server that {@code paceline serve} runs, for the commands of other modules. */
public final class InProcessTarget implements LocalTarget {
  @Override
  public Running start(String model, Map<String, String> options) {
    List<String> arguments = new ArrayList<>(List.of("--model", model, "--port", "0"));
    options.forEach((name, value) -> arguments.addAll(List.of("--" + name, value)));
    ServeOptions parsed = new ServeOptions();
    try {
      new CommandLine(parsed).parseArgs(arguments.toArray(String[]::new));
    } catch (CommandLine.ParameterException e) {
      throw new UserError(String.valueOf(e.getMessage()), e);
    }
    TargetServer server = TargetServer.start(parsed.toServerOptions());
    return new Running() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }
}
