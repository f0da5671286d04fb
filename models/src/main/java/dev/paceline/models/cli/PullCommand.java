package dev.paceline.models.cli;

import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.hub.HubClient;
import dev.paceline.models.hub.HubId;
import dev.paceline.models.hub.HubSettings;
import dev.paceline.models.registry.ModelSource;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code paceline models pull}. */
@Command(
    name = "pull",
    mixinStandardHelpOptions = true,
    description =
        "Downloads a GPT-2 from the hub into its cache; an interrupted download goes on where it stopped.",
    footer = "%nHonours HF_HUB_CACHE, HF_HOME, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE.")
final class PullCommand implements Callable<Integer> {
  private final PicocliRunner runner;

  @Parameters(paramLabel = "ID", description = "e.g. openai-community/gpt2-xl")
  private String id = "";

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      description = "branch, tag or commit (default: main)")
  private @Nullable String revision;

  PullCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    HubId parsed = HubId.parse(id);
    HubId wanted = (revision == null ? parsed : new HubId(parsed.name(), revision)).canonical();
    HubClient client =
        new HubClient(HubSettings.of(runner.environment()), ProgressBars.on(runner.err()));
    Path snapshot = client.pull(wanted, Gpt2Config::read);
    ModelSource source = new ModelSource(wanted.toString(), snapshot);
    ModelSummary model = ModelSummary.of(source, CacheDirectory.of(runner.environment()));
    runner
        .out()
        .println(
            source.id()
                + ": "
                + model.millions()
                + " parameters ("
                + model.shape()
                + "), "
                + model.size()
                + " "
                + model.dtype()
                + ", in "
                + snapshot);
    return 0;
  }
}
