package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.draft.openai.ApiServer;
import dev.paceline.draft.openai.Lanes;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paceline api}: an OpenAI-compatible endpoint until it is told to stop. */
public final class ApiCommand implements Command {
  private static final int LAST_PORT = 65_535;

  @Override
  public String name() {
    return "api";
  }

  @Override
  public String summary() {
    return "an OpenAI-compatible endpoint on this machine";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return PicocliRunner.standard().run(new Api(), arguments);
  }

  @CommandLine.Command(
      name = "paceline api",
      mixinStandardHelpOptions = true,
      description = {
        "Answers POST /v1/completions, GET /v1/models, /health and /metrics: drafts here, the",
        "target server verifies. What a request leaves open is as OpenAI's API says."
      })
  private static final class Api implements Callable<Integer> {
    @Mixin TextModels models = new TextModels();

    @Option(
        names = "--host",
        paramLabel = "ADDRESS",
        defaultValue = "127.0.0.1",
        description = "listen here; 0.0.0.0 for everybody (default: ${DEFAULT-VALUE})")
    String host = "";

    @Option(
        names = "--port",
        paramLabel = "N",
        defaultValue = "8080",
        description = "0 is any free one (default: ${DEFAULT-VALUE})")
    int port;

    @Option(
        names = "--api-key",
        paramLabel = "KEY",
        description =
            "answer only requests with this bearer token; better given as PACELINE_API_KEY, which"
                + " others cannot see")
    @Nullable String key;

    @Option(
        names = "--concurrency",
        paramLabel = "N",
        defaultValue = "4",
        description =
            "requests at once, each with a draft model of its own, loaded when needed; others are"
                + " answered 429 (default: ${DEFAULT-VALUE})")
    int concurrency;

    @Mixin DraftingFlags options = new DraftingFlags();

    @Override
    public Integer call() throws InterruptedException {
      if (port < 0 || port > LAST_PORT) {
        throw new UserError("--port " + port + " is not between 0 and " + LAST_PORT);
      }
      if (concurrency < 1) {
        throw new UserError("--concurrency " + concurrency + " is not positive");
      }
      if (key != null && key.isBlank()) {
        throw new UserError("--api-key is empty");
      }
      InetSocketAddress address = new InetSocketAddress(host, port);
      if (address.isUnresolved()) {
        throw new UserError("--host '" + host + "' is not an address of this machine");
      }
      ModelSource source = models.source();
      try (Tokenizer tokenizer = DraftModels.tokenizer(source)) {
        Lanes lanes = new Lanes(concurrency, () -> models.open(source, tokenizer, options));
        try (ApiServer server = new ApiServer(address, key, lanes, tokenizer)) {
          server.load();
          Thread onSignal = new Thread(server::close, "paceline-api-shutdown");
          Runtime.getRuntime().addShutdownHook(onSignal);
          System.out.printf(
              "OpenAI-compatible API on http://%s:%d/v1; /health and /metrics beside it%n",
              host, server.port());
          if (key == null && !address.getAddress().isLoopbackAddress()) {
            System.err.println(
                "paceline: anybody who reaches " + host + " can use it; --api-key asks for a key");
          }
          server.awaitTermination();
        }
      }
      return 0;
    }
  }
}
