package dev.paceline.benchmarks.check;

import dev.paceline.benchmarks.step.StepBenchmark;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench check}: a device's correctness and its step times in one table. */
@Command(
    name = "check",
    description = {
      "Checks a device: logits and greedy output against a reference, verification against"
          + " decoding",
      "one by one, every mode of a server over gRPC against the target alone, and times of steps",
      "against the limits by bandwidth and arithmetic. Exit status 0 if nothing is wrong."
    })
public final class CheckCommand implements Callable<Integer> {
  private static final double FP32_LIMIT = 2e-4;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "ID|DIR",
      description = "the target model that will be served")
  private String model = "";

  @Option(
      names = "--draft-model",
      paramLabel = "ID|DIR",
      description = "check drafts of the server's own with this model too")
  private @Nullable String draftModel;

  @Option(
      names = "--device",
      defaultValue = "auto",
      description = "auto, cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
  private String device = "";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description = "auto: fp16 on CUDA, else fp32 (default: ${DEFAULT-VALUE})")
  private String precision = "";

  @Option(
      names = "--reference",
      paramLabel = "DIR",
      description = "folders with a checkpoint and its golden.safetensors, compared in fp32")
  private List<Path> references = List.of();

  @Option(
      names = "--rounds",
      defaultValue = "20",
      description = "repetitions of each step (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--max-tokens",
      defaultValue = "64",
      description = "output tokens of each served text (default: ${DEFAULT-VALUE})")
  private int tokens;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || tokens < 1) {
      throw new UserError("--rounds " + rounds + " and --max-tokens " + tokens + " must be > 0");
    }
    List<Finding> findings = new ArrayList<>();
    for (Path folder : references) {
      reference(folder, findings);
    }
    ModelSource source =
        ModelRegistry.isPair(model)
            ? ModelRegistry.standard().pair(model).target()
            : ModelRegistry.standard().resolve(model);
    String title;
    int vocabulary;
    try (LanguageModel loaded = load(source)) {
      findings.add(RowsCheck.run(loaded));
      times(loaded, findings);
      vocabulary = loaded.info().config().vocabSize();
      title =
          String.format(
              Locale.ROOT,
              "%s, %s on %s",
              source.id(),
              loaded.info().precision().label(),
              loaded.info().device());
    }
    findings.addAll(ServedCheck.run(model, serverOptions(), vocabulary, tokens));
    System.out.println(title);
    System.out.printf("%-34s %-6s %s%n", "check", "result", "measured");
    findings.forEach(finding -> finding.print(System.out));
    return findings.stream().allMatch(Finding::ok) ? 0 : 1;
  }

  private Map<String, String> serverOptions() {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("slots", "4");
    options.put("device", device);
    options.put("precision", precision);
    if (draftModel != null) {
      options.put("draft-model", draftModel);
    }
    return options;
  }

  private LanguageModel load(ModelSource source) {
    Precision as = precision.equals("auto") ? Precision.FP32 : Precision.parse(precision);
    if (precision.equals("auto") && LanguageModels.cuda(device)) {
      as = Precision.FP16;
    }
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      LoadOptions options = LoadOptions.of(as).withDevice(device).withSlots(RowsCheck.SLOTS);
      return LanguageModels.load(source.id(), checkpoint, options);
    }
  }

  private void reference(Path folder, List<Finding> findings) {
    LoadOptions options = LoadOptions.of(Precision.FP32).withDevice(device);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(folder);
        LanguageModel loaded = LanguageModels.load(checkpoint, options)) {
      Golden golden = Golden.read(folder.resolve("golden.safetensors"), "", checkpoint.config());
      Verification result = Verification.of(loaded, golden);
      boolean ok = result.greedyEqual() && result.maxAbsError() <= FP32_LIMIT;
      findings.add(
          new Finding(
              "reference " + folder.getFileName(),
              ok,
              String.format(
                  Locale.ROOT,
                  "fp32: largest logit difference %.1e (at most %.0e), greedy output %s",
                  result.maxAbsError(),
                  FP32_LIMIT,
                  result.greedyEqual() ? "equal" : "differs")));
    }
  }

  private void times(LanguageModel loaded, List<Finding> findings) {
    int context = Math.min(64, loaded.info().contextLength() / 2);
    int[] rows = {1, 4, 16, Math.min(64, loaded.info().contextLength() - context)};
    StepBenchmark.Report report =
        StepBenchmark.run(loaded, rows, context, rounds, SamplingParams.GREEDY);
    for (StepBenchmark.Line line : report.lines()) {
      findings.add(
          new Finding(
              "step of " + line.tokens() + (line.tokens() == 1 ? " row" : " rows"),
              Double.isFinite(line.medianMs()) && line.medianMs() > 0,
              String.format(
                  Locale.ROOT,
                  "%.2f ms, %.2f x the bandwidth limit, %.2f x the arithmetic limit",
                  line.medianMs(),
                  line.ratio(),
                  line.arithmeticRatio())));
    }
  }
}
