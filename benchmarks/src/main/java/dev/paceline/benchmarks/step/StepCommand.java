package dev.paceline.benchmarks.step;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code paceline bench step}: milliseconds per step against the limits by bandwidth and by
 * arithmetic, and the overhead around it.
 */
@Command(
    name = "step",
    description = {
      "Times steps of a model against the limits by memory bandwidth and by arithmetic, and what",
      "client and server add to a verification step over loopback gRPC."
    })
public final class StepCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "ID|DIR",
      description = "what to measure")
  private String model = "";

  @Option(
      names = "--precision",
      split = ",",
      defaultValue = "fp32",
      description = "one or several of fp32, bf16, fp16, int8, int8-dynamic")
  private List<String> precisions = List.of();

  @Option(
      names = "--tokens",
      split = ",",
      defaultValue = "1,4,16,64",
      description = "rows per step (default: ${DEFAULT-VALUE})")
  private int[] tokens = {};

  @Option(
      names = "--context",
      defaultValue = "64",
      description = "positions in the cache before the step (default: ${DEFAULT-VALUE})")
  private int context;

  @Option(
      names = "--rounds",
      defaultValue = "30",
      description = "interleaved repetitions (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(names = "--device", defaultValue = "auto", description = "auto, cpu, cuda or cuda:N")
  private String device = "";

  @Option(names = "--threads", defaultValue = "0", description = "of the CPU; 0 leaves the choice")
  private int threads;

  @Option(names = "--temperature", defaultValue = "0", description = "0 is greedy")
  private float temperature;

  @Option(names = "--no-overhead", description = "leave out what client and server add")
  private boolean noOverhead;

  @Option(names = "--json", description = "print one JSON object per precision")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  @Override
  public Integer call() throws Exception {
    if (rounds < 1 || context < 0) {
      throw new UserError(
          "--rounds " + rounds + " and --context " + context + " must not be negative or none");
    }
    ModelSource source =
        ModelRegistry.isPair(model)
            ? ModelRegistry.standard().pair(model).target()
            : ModelRegistry.standard().resolve(model);
    List<Precision> wanted = new ArrayList<>();
    for (String precision : precisions) {
      wanted.add(Precision.parse(precision));
    }
    for (Precision precision : wanted) {
      measure(source, precision);
    }
    if (!noOverhead) {
      OverheadBenchmark.Report report = OverheadBenchmark.run(model);
      if (json) {
        System.out.println(new ObjectMapper().writeValueAsString(report));
      } else {
        report.print(System.out);
      }
    }
    return 0;
  }

  private void measure(ModelSource source, Precision precision) throws Exception {
    LoadOptions options = LoadOptions.of(precision).withDevice(device).withThreads(threads);
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory());
        LanguageModel loaded = LanguageModels.load(source.id(), checkpoint, options)) {
      SamplingParams sampling = new SamplingParams(temperature, 0, 1f, 1);
      StepBenchmark.Report report = StepBenchmark.run(loaded, tokens, context, rounds, sampling);
      if (json) {
        System.out.println(new ObjectMapper().writeValueAsString(report));
        return;
      }
      System.out.printf(
          "%s, %s on %s: %.1f MB of weights per step; matrix-vector product %.1f GB/s,"
              + " matrix-matrix product %.0f Gflop/s; medians of %d%n",
          source.id(),
          precision.label(),
          loaded.info().device(),
          report.weightBytes() * 1e-6,
          report.gigabytesPerSecond(),
          report.gigaflopsPerSecond(),
          report.rounds());
      System.out.printf(
          "%8s %12s %12s %8s %13s %8s%n",
          "rows", "ms/step", "bandwidth ms", "ratio", "arithmetic ms", "ratio");
      for (StepBenchmark.Line line : report.lines()) {
        System.out.printf(
            "%8d %12.2f %12.2f %8.2f %13.2f %8.2f%n",
            line.tokens(),
            line.medianMs(),
            line.limitMs(),
            line.ratio(),
            line.arithmeticMs(),
            line.arithmeticRatio());
      }
    }
  }
}
