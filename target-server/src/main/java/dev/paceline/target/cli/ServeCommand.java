package dev.paceline.target.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.target.ServerOptions;
import dev.paceline.target.TargetServer;
import dev.paceline.target.logging.LogFormat;
import dev.paceline.target.logging.LogSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code paceline serve}: a target server until it is told to stop. */
public final class ServeCommand implements Command {
  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String summary() {
    return "run a target server";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Serve(), arguments);
  }

  @CommandLine.Command(
      name = "paceline serve",
      description = "Runs a target server: verifies the drafts of clients with the big model.")
  private static final class Serve implements Callable<Integer> {
    @Mixin ServeOptions options = new ServeOptions();

    @Override
    public Integer call() throws Exception {
      ServerOptions server = options.toServerOptions();
      LogSetup.apply(LogFormat.parse(options.logFormat), options.logLevel);
      try (TargetServer running = TargetServer.start(server)) {
        Thread onSignal =
            new Thread(() -> stop(running, options.drainSeconds), "paceline-shutdown");
        Runtime.getRuntime().addShutdownHook(onSignal);
        writeCertificate(running);
        ModelInfo model = running.model();
        System.out.printf(
            "serving %s (%s, %s, %d slots of %d positions%s, %s) on %s:%d%n",
            model.id(),
            model.precision().label(),
            running.models().stream().map(ModelInfo::device).collect(Collectors.joining(" + ")),
            model.slots(),
            model.contextLength(),
            server.slots().isPresent() ? "" : " sized from free memory",
            server.security().describe(),
            server.host(),
            running.port());
        ModelInfo draft = running.draftModel();
        if (draft != null) {
          System.out.printf("drafting here with %s (%s)%n", draft.id(), draft.precision().label());
        }
        running
            .adminPort()
            .ifPresent(
                port ->
                    System.out.printf(
                        "admin pages on http://127.0.0.1:%d/health, /metrics, /debug/sessions%n",
                        port));
        running.awaitTermination();
      }
      return 0;
    }

    private void writeCertificate(TargetServer running) {
      String pem = running.developmentCertificate();
      if (pem == null || options.security.selfSignedOut == null) {
        return;
      }
      try {
        Files.writeString(options.security.selfSignedOut, pem);
      } catch (IOException e) {
        throw new UserError("cannot write " + options.security.selfSignedOut, e);
      }
    }

    /** Drains, closes and ends the process with status 0, which a signal alone would not. */
    private static void stop(TargetServer running, int drainSeconds) {
      try {
        if (!running.drain(Duration.ofSeconds(drainSeconds))) {
          System.err.println("paceline: sessions were left after the drain; they resume elsewhere");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      running.close();
      Runtime.getRuntime().halt(0);
    }
  }
}
