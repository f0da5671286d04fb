package dev.paceline.benchmarks.serve;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench serve-load}: throughput, latency and capacity of a server under load. */
@Command(
    name = "serve-load",
    description = {
      "Loads a target server in this process over loopback gRPC with sessions that draft from a",
      "recorded text at a chosen acceptance, and without drafts; checks every token. Prints",
      "throughput and latency beside what the same steps allow without a server, and the capacity."
    })
public final class ServeLoadCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "ID|DIR",
      description = "the target: a built-in id, a folder, or an id in the hub's cache")
  private String model = "";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "fp32",
      description = "fp32, bf16, fp16 (CUDA) or int8 (default: ${DEFAULT-VALUE})")
  private String precision = "";

  @Option(names = "--device", defaultValue = "auto", description = "auto, cpu, cuda or cuda:N")
  private String device = "";

  @Option(names = "--threads", defaultValue = "0", description = "of the CPU; 0 leaves the choice")
  private int threads;

  @Option(
      names = "--sessions",
      split = ",",
      defaultValue = "1,2,4,8,16,32,64",
      description = "sessions at a time (default: ${DEFAULT-VALUE})")
  private List<Integer> sessions = List.of();

  @Option(
      names = "--acceptance",
      paramLabel = "A",
      defaultValue = "0.8",
      description = "chance that a draft token is right (default: ${DEFAULT-VALUE})")
  private double acceptance;

  @Option(
      names = "--draft-length",
      paramLabel = "N|auto",
      defaultValue = "auto",
      description = "draft tokens in flight per session (default: ${DEFAULT-VALUE})")
  private String draftLength = "";

  @Option(
      names = "--prompt-tokens",
      defaultValue = "16",
      description = "random ids of a prompt (default: ${DEFAULT-VALUE})")
  private int promptTokens;

  @Option(
      names = "--max-tokens",
      defaultValue = "64",
      description = "tokens of a generation (default: ${DEFAULT-VALUE})")
  private int maxTokens;

  @Option(names = "--temperature", defaultValue = "0", description = "0 is greedy")
  private float temperature;

  @Option(
      names = "--seconds",
      defaultValue = "5",
      description = "measured per line, after a fifth of it to warm up (default: ${DEFAULT-VALUE})")
  private double seconds;

  @Option(
      names = "--slo-ms",
      defaultValue = "0",
      description =
          "largest p95 ITL; 0: multiples of the p50 of the fewest sessions without drafts")
  private double sloMs;

  @Option(names = "--seed", defaultValue = "1", description = "of prompts and drafts")
  private long seed;

  @Option(
      names = "--server-option",
      paramLabel = "NAME=VALUE",
      description = "a further option of 'paceline serve', without dashes; may be repeated")
  private Map<String, String> serverOptions = Map.of();

  @Option(
      names = "--never-slower",
      description = "also compare one session with useless and with slow drafts to none")
  private boolean neverSlower;

  @Option(names = "--json", description = "print one JSON object")
  private boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  /**
   * @return 1 if a token differed from what the target writes alone
   */
  @Override
  public Integer call() throws Exception {
    LoadPlan plan =
        new LoadPlan(
            model,
            Precision.parse(precision),
            device,
            threads,
            sessions,
            acceptance,
            window(),
            promptTokens,
            maxTokens,
            temperature,
            seconds,
            sloMs,
            seed,
            serverOptions);
    LoadTable table = new LoadTable(json ? System.err : System.out);
    LoadBenchmark.Report report =
        LoadBenchmark.run(
            plan,
            neverSlower,
            new LoadBenchmark.Progress() {
              @Override
              public void started(String on, int texts) {
                table.head(plan, on, texts);
              }

              @Override
              public void measured(Figures figures) {
                table.line(figures);
              }
            });
    report.capacities().forEach(table::capacity);
    if (report.neverSlower() != null) {
      table.neverSlower(report.neverSlower());
    }
    if (json) {
      System.out.println(new ObjectMapper().writeValueAsString(report));
    }
    return report.mismatches() == 0 ? 0 : FAILED;
  }

  private int window() {
    if (draftLength.equals("auto")) {
      return 0;
    }
    if (!draftLength.matches("[1-9][0-9]{0,3}")) {
      throw new UserError("--draft-length '" + draftLength + "' is neither auto nor 1 to 9999");
    }
    return Integer.parseInt(draftLength);
  }
}
