package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.models.safetensors.DType;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The options that {@code train} and {@code distill} share. */
final class RunArguments {
  @Option(
      names = "--data",
      required = true,
      paramLabel = "TEXT[=SHARE]",
      description =
          "a text file or a folder of them, with its share of the training (default: 1);"
              + " repeatable")
  List<String> data = List.of();

  @Option(
      names = "--valid",
      paramLabel = "TEXT",
      description = "held-out text, never trained on; repeatable")
  List<Path> valid = List.of();

  @Option(
      names = "--valid-windows",
      defaultValue = "64",
      description =
          "windows of each held-out text that a validation takes, evenly spread; 0 for all"
              + " (default: ${DEFAULT-VALUE})")
  int windows;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "the run's folder")
  Path out = Path.of("");

  @Option(
      names = "--sequence",
      defaultValue = "256",
      description = "tokens of a training sequence (default: ${DEFAULT-VALUE})")
  int sequence;

  @Option(
      names = "--batch",
      defaultValue = "16",
      description = "sequences of an update (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(
      names = "--accumulate",
      defaultValue = "1",
      description = "micro-batches of an update (default: ${DEFAULT-VALUE})")
  private int accumulation;

  @Option(names = "--steps", defaultValue = "0", description = "updates of the whole run")
  private long steps;

  @Option(
      names = "--stop-after",
      defaultValue = "9223372036854775807",
      description = "stop when this many updates of the run are done; --resume goes on",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  long stopAfter;

  @Option(names = "--minutes", defaultValue = "0", description = "time of the whole run")
  private double minutes;

  @Option(
      names = "--optimizer",
      defaultValue = "muon",
      description = "adamw or muon (default: ${DEFAULT-VALUE})")
  private Optimizer optimizer = Optimizer.MUON;

  @Option(names = "--lr", defaultValue = "3e-3", description = "default: ${DEFAULT-VALUE}")
  private double rate;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.05",
      description = "default: ${DEFAULT-VALUE}")
  private double decay;

  @Option(
      names = "--clip",
      defaultValue = "1",
      description = "largest norm of the gradient (default: ${DEFAULT-VALUE})")
  private double clip;

  @Option(
      names = "--schedule",
      defaultValue = "cosine",
      description =
          "cosine; wsd: constant, then a linear decay to 0; wsd_sqrt: constant, then a decay by"
              + " 1 - sqrt (default: ${DEFAULT-VALUE})")
  private Schedule.Shape schedule = Schedule.Shape.COSINE;

  @Option(
      names = "--warmup",
      defaultValue = "0.02",
      description = "fraction of the run (default: ${DEFAULT-VALUE})")
  private double warmup;

  @Option(
      names = "--decay-part",
      defaultValue = "0.3",
      description = "fraction of the run in which wsd decays (default: ${DEFAULT-VALUE})")
  private double decayPart;

  @Option(
      names = "--precision",
      defaultValue = "auto",
      description =
          "of the linear layers: fp32, bf16 or auto, which is bf16 on CUDA and on CPUs that"
              + " multiply in it, otherwise fp32; weights, norms and loss are fp32"
              + " (default: ${DEFAULT-VALUE})")
  String precision = "";

  @Option(
      names = "--device",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
  String device = "";

  @Option(names = "--threads", defaultValue = "0", description = "default: one a core")
  int threads;

  @Option(
      names = "--validate-every",
      defaultValue = "250",
      description = "updates between validations and checkpoints (default: ${DEFAULT-VALUE})")
  private int validateEvery;

  @Option(
      names = "--save",
      defaultValue = "fp32",
      paramLabel = "TYPE",
      description =
          "type of the weights in best/ and last/: fp32 or fp16; the state is fp32 always"
              + " (default: ${DEFAULT-VALUE})")
  private String save = "";

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "of weights and data order (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(names = "--resume", description = "go on from the state in --out if there is one")
  boolean resume;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "begin with the weights and moments of this state, e.g. another run's"
              + " stable.safetensors; the options may differ, the shape may not")
  @Nullable Path from;

  /** The values, checked. */
  TrainOptions options() {
    if (windows < 0) {
      throw new UserError("--valid-windows " + windows + " is negative");
    }
    return new TrainOptions(
        optimizer,
        new Schedule(schedule, warmup, decayPart),
        batch,
        accumulation,
        sequence,
        rate,
        decay,
        clip,
        steps,
        minutes,
        validateEvery,
        seed,
        saved());
  }

  private DType saved() {
    return switch (save) {
      case "fp32" -> DType.F32;
      case "fp16" -> DType.F16;
      default -> throw new UserError("--save '" + save + "' is not fp32 or fp16");
    };
  }
}
