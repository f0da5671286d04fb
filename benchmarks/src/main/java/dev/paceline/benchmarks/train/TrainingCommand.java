package dev.paceline.benchmarks.train;

import dev.paceline.benchmarks.Samples;
import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.train.TrainingLoad;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench train}. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Tokens per second of training, beside the rate of the same matrix products measured in",
      "the same run; with --memory the resident memory over many updates of a small model."
    })
public final class TrainingCommand implements Callable<Integer> {
  @Option(names = "--layers", defaultValue = "6", description = "default: ${DEFAULT-VALUE}")
  private int layers;

  @Option(names = "--width", defaultValue = "256", description = "default: ${DEFAULT-VALUE}")
  private int width;

  @Option(names = "--heads", defaultValue = "8", description = "default: ${DEFAULT-VALUE}")
  private int heads;

  @Option(names = "--vocab", defaultValue = "4096", description = "default: ${DEFAULT-VALUE}")
  private int vocabulary;

  @Option(names = "--batch", defaultValue = "16", description = "default: ${DEFAULT-VALUE}")
  private int batch;

  @Option(names = "--sequence", defaultValue = "256", description = "default: ${DEFAULT-VALUE}")
  private int sequence;

  @Option(
      names = "--precision",
      split = ",",
      defaultValue = "fp32,bf16",
      description = "of the linear layers (default: ${DEFAULT-VALUE})")
  private List<String> precisions = List.of();

  @Option(
      names = "--rounds",
      defaultValue = "7",
      description =
          "interleaved repetitions, of which the medians count (default: ${DEFAULT-VALUE})")
  private int rounds;

  @Option(
      names = "--memory",
      arity = "0..1",
      defaultValue = "0",
      fallbackValue = "10000",
      paramLabel = "UPDATES",
      description = "watch the memory of so many updates (alone: ${FALLBACK-VALUE})")
  private int updates;

  @Option(
      names = "--device",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE})")
  private String device = "";

  @Option(
      names = "--threads",
      defaultValue = "0",
      description = "of the CPU for one operation (default: one a core)")
  private int threads;

  private final PrintStream out;

  /** With standard output. */
  public TrainingCommand() {
    this(System.out);
  }

  TrainingCommand(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    if (rounds < 1 || batch < 1 || sequence < 1 || updates < 0) {
      throw new UserError("--rounds, --batch, --sequence and --memory must be positive");
    }
    if (updates > 0) {
      memory();
      return 0;
    }
    Gpt2Config config = Gpt2Config.ofShape(vocabulary, sequence, width, layers, heads, 4 * width);
    out.println("| precision | ms per update | tokens/s | of the products alone | share |");
    out.println("|---|--:|--:|--:|--:|");
    for (String precision : precisions) {
      try (TrainingLoad load =
          new TrainingLoad(config, batch, sequence, precision, device, threads)) {
        speed(precision, load);
      }
    }
    return 0;
  }

  private void speed(String precision, TrainingLoad load) {
    load.update();
    load.products();
    Samples training = new Samples();
    Samples products = new Samples();
    for (int round = 0; round < rounds; round++) {
      long start = System.nanoTime();
      load.update();
      long between = System.nanoTime();
      load.products();
      long end = System.nanoTime();
      training.add((between - start) * 1e-9);
      products.add((end - between) * 1e-9);
    }
    out.printf(
        Locale.ROOT,
        "| %s | %.0f | %.0f | %.0f | %.2f |%n",
        precision,
        1e3 * training.median(),
        load.tokens() / training.median(),
        load.tokens() / products.median(),
        products.median() / training.median());
  }

  private void memory() {
    Gpt2Config config = Gpt2Config.ofShape(512, 32, 32, 2, 2, 128);
    out.println("| updates | resident MiB |");
    out.println("|--:|--:|");
    int tenth = Math.max(1, updates / 10);
    try (TrainingLoad load = new TrainingLoad(config, 4, 32, precisions.get(0), device, threads)) {
      for (int done = 1; done <= updates; done++) {
        double loss = load.update();
        if (!Double.isFinite(loss)) {
          throw new IllegalStateException("the loss is " + loss + " after " + done + " updates");
        }
        if (done % tenth == 0) {
          // A collection, so that garbage on the heap does not look like native memory.
          System.gc();
          out.printf(Locale.ROOT, "| %d | %.1f |%n", done, Resident.bytes() / 1048576.0);
        }
      }
    }
  }
}
