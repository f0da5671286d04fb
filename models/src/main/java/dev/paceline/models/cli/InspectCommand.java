package dev.paceline.models.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code paceline models inspect}. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Checks a model's files against each other and describes them.")
final class InspectCommand implements Callable<Integer> {
  private final PicocliRunner runner;

  @Parameters(
      paramLabel = "ID|DIR",
      description = "a built-in model, a model of the hub's cache or a folder")
  private String model = "";

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  InspectCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    ModelSource source = new ModelRegistry(runner.environment()).resolve(model);
    CacheDirectory cache = CacheDirectory.of(runner.environment());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory(), cache)) {
      ModelSummary summary = ModelSummary.of(source, checkpoint);
      ObjectNode all = summary.json();
      all.put("digest", checkpoint.digest());
      if (Tokenizer.present(source.directory())) {
        try (Tokenizer tokenizer = Tokenizer.open(source.directory(), cache)) {
          tokenizer.requireFits(summary.config().vocabSize(), source.id());
          ObjectNode description = all.putObject("tokenizer");
          description.put("vocab_size", tokenizer.vocabSize());
          description.put("eos_token", tokenizer.eosToken());
          description.put("fingerprint", tokenizer.fingerprint());
        }
      } else {
        all.putNull("tokenizer");
      }
      if (json) {
        runner.out().println(all);
      } else {
        print(summary, all);
      }
    }
    return 0;
  }

  private void print(ModelSummary summary, ObjectNode all) {
    Gpt2Config config = summary.config();
    line("model", summary.source().id());
    line("folder", summary.source().directory());
    line(
        "parameters",
        summary.millions() + (summary.tied() ? ", head tied to the embedding" : ", separate head"));
    line(
        "weights",
        summary.size() + " of " + summary.dtype() + ", SHA-256 " + all.path("digest").asText());
    line(
        "layers",
        config.layers() + " of width " + config.width() + ", " + config.heads() + " heads");
    line("MLP", config.innerWidth() + " wide, " + all.path("activation").asText());
    line("context", config.contextLength() + " positions");
    line("vocabulary", config.vocabSize() + " tokens");
    if (all.path("tokenizer").isNull()) {
      line("tokenizer", "none");
    } else {
      line(
          "tokenizer",
          all.path("tokenizer").path("vocab_size").asInt()
              + " tokens, fingerprint "
              + all.path("tokenizer").path("fingerprint").asText());
    }
  }

  private void line(String name, Object value) {
    runner.out().printf("%-12s %s%n", name, value);
  }
}
