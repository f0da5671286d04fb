package dev.paceline.models.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.verify.Golden;
import dev.paceline.models.verify.Verification;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline models verify}. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Compares a model's logits and greedy output with a reference.",
    footer = {
      "%nThe reference is a safetensors file with input_ids [B,T], logits [B,T,V], greedy_prompt [1,n] and"
          + " greedy_output. The last line of the output is JSON. Exit status: 0 if the greedy output is equal and, in"
          + " fp32, no logit is off by more than 2e-4; else 1."
    })
final class VerifyCommand implements Callable<Integer> {
  private static final double FP32_LIMIT = 2e-4;

  private final PicocliRunner runner;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "ID|DIR",
      description = "the model to verify")
  private String model = "";

  @Option(names = "--golden", required = true, paramLabel = "FILE", description = "the reference")
  private Path golden = Path.of("");

  @Option(
      names = "--prefix",
      defaultValue = "",
      description =
          "before the names of the reference's tensors, e.g. 'target.' for the built-in pair's")
  private String prefix = "";

  @Option(
      names = "--precision",
      defaultValue = "fp32",
      description = "fp32, bf16, fp16, int8 or int8-dynamic (default: ${DEFAULT-VALUE})")
  private String precision = "";

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
  private String device = "";

  @Option(names = "--json", description = "print the line of JSON only")
  private boolean json;

  VerifyCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public Integer call() {
    LoadOptions options = LoadOptions.of(Precision.parse(precision)).withDevice(device);
    ModelSource source = new ModelRegistry(runner.environment()).resolve(model);
    CacheDirectory cache = CacheDirectory.of(runner.environment());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory(), cache)) {
      Golden reference = Golden.read(golden, prefix, checkpoint.config());
      try (LanguageModel loaded = LanguageModels.load(source.id(), checkpoint, options, cache)) {
        Verification result = Verification.of(loaded, reference);
        print(source, options.precision(), result);
        boolean close = options.precision() != Precision.FP32 || result.maxAbsError() <= FP32_LIMIT;
        return close && result.greedyEqual() ? 0 : 1;
      }
    }
  }

  private void print(ModelSource source, Precision as, Verification result) {
    if (!json) {
      runner.out().println(source.id() + " in " + as + " against " + golden);
      runner
          .out()
          .println(
              "logits: "
                  + result.logits()
                  + " compared, largest difference "
                  + result.maxAbsError());
      runner
          .out()
          .println(
              "greedy: "
                  + result.greedyTokens()
                  + " tokens compared, "
                  + (result.greedyEqual()
                      ? "all equal"
                      : "the first that differs is number " + result.firstDifference()));
    }
    ObjectNode line = JsonFiles.mapper().createObjectNode();
    line.put("max_abs_error", result.maxAbsError());
    line.put("greedy_equal", result.greedyEqual());
    runner.out().println(line);
  }
}
