package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.scheduler.masac.Trainer;
import dev.paceline.scheduler.masac.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code paceline train-policy}: trains the share policies. */
public final class TrainPolicyCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public TrainPolicyCommand() {
    this(PicocliRunner.standard());
  }

  TrainPolicyCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "train-policy";
  }

  @Override
  public String summary() {
    return "trains the policy that shares uplink and compute";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Body(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline train-policy",
      mixinStandardHelpOptions = true,
      description =
          "Trains by soft actor-critic into a folder: best.npz, last.npz, log.csv and last.state,"
              + " written with every validation. Goes on from a last.state there, exactly as if it"
              + " had not stopped.",
      footer =
          "%nEvery option has an environment twin, e.g. PACELINE_SEED for --seed; the command line"
              + " wins.")
  private static final class Body implements Callable<Integer> {
    private final PicocliRunner runner;

    @Option(
        names = "--variant",
        description =
            "${COMPLETION-CANDIDATES}: the paper's policy or ours (default: ${DEFAULT-VALUE})")
    private Variant variant = Variant.RESIDUAL;

    @Option(names = "--updates", description = "gradient steps in all (default: ${DEFAULT-VALUE})")
    private long updates = 30_000;

    @Option(names = "--seed", description = "default: ${DEFAULT-VALUE}")
    private long seed = 1;

    @Option(names = "--out", paramLabel = "FOLDER", description = "default: ${DEFAULT-VALUE}")
    private Path folder = Path.of("results", "policy");

    Body(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() throws Exception {
      if (updates < 1) {
        throw new UserError("--updates must be positive, not " + updates);
      }
      Files.createDirectories(folder);
      Trainer trainer = new Trainer(Trainer.Settings.of(variant, seed, updates), folder);
      double best;
      try (ProgressBar bar =
          new ProgressBarBuilder()
              .setTaskName("training")
              .setInitialMax(updates)
              .setStyle(ProgressBarStyle.ASCII)
              .setConsumer(new ConsoleProgressBarConsumer(runner.err()))
              .build()) {
        best = trainer.run(bar::stepTo);
      }
      runner.out().printf("best policy in %s: %.4f of the convex allocator's cost%n", folder, best);
      return 0;
    }
  }
}
