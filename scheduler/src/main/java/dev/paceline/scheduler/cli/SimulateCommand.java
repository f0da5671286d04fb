package dev.paceline.scheduler.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.scheduler.mec.SionnaTrace;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code paceline simulate}: policies on the emulated radio network. */
public final class SimulateCommand implements Command {
  private final PicocliRunner runner;

  /** With this process's environment and streams. */
  public SimulateCommand() {
    this(PicocliRunner.standard());
  }

  SimulateCommand(PicocliRunner runner) {
    this.runner = runner;
  }

  @Override
  public String name() {
    return "simulate";
  }

  @Override
  public String summary() {
    return "compares association and allocation policies on an emulated radio network";
  }

  @Override
  public int run(List<String> arguments) throws Exception {
    return runner.run(new Body(runner), arguments);
  }

  @CommandLine.Command(
      name = "paceline simulate",
      mixinStandardHelpOptions = true,
      description =
          "Runs policies on seeded systems and prints what they cost. Without --live each seed is"
              + " one slot; with it, tasks arrive, queue and leave, and share rules are compared"
              + " with 'convex'.",
      footer =
          "%nPolicies are ASSOCIATION+SHARES. Associations: random, max-sinr, max-compute-top,"
              + " max-compute-load, tma, tma-plus, iterated, exact. Shares: uniform, convex, masac,"
              + " residual-masac; with --live also shortest-first, shortest-soft.%nEvery option has"
              + " an environment twin, e.g. PACELINE_SEED for --seed; the command line wins.")
  private static final class Body implements Callable<Integer> {
    private final PicocliRunner runner;

    @Mixin private ScenarioOptions options = new ScenarioOptions();

    @Option(
        names = "--policy",
        paramLabel = "NAME",
        description = "policy, may be repeated (default: the paper's baselines and ours)")
    private List<String> policies = new ArrayList<>();

    @Option(names = "--seed", description = "first seed (default: ${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--seeds", description = "number of seeds (default: ${DEFAULT-VALUE})")
    private int seeds = 1;

    @Option(
        names = "--trace",
        paramLabel = "FILE",
        description = "channel gains exported from Sionna, or 'built-in'; sets devices and servers")
    private @Nullable String trace;

    @Option(names = "--policy-file", description = "a trained policy, used for 'learned' shares")
    private @Nullable Path policyFile;

    @Option(names = "--live", description = "simulate a system over time")
    private boolean live;

    @Option(
        names = "--think-ms",
        description = "with --live: mean pause before the next task (default: ${DEFAULT-VALUE})")
    private double thinkMs = 150;

    @Option(
        names = "--migration-ms",
        paramLabel = "X",
        description =
            "with --live: sessions may move to another server, which then cannot verify them for X"
                + " ms; every rule is compared with itself where they stay (default: they stay)")
    private double migrationMs = Double.POSITIVE_INFINITY;

    @Option(
        names = "--slots",
        description = "with --live: slots of 50 ms (default: ${DEFAULT-VALUE})")
    private int slots = 600;

    Body(PicocliRunner runner) {
      this.runner = runner;
    }

    @Override
    public Integer call() {
      if (seeds < 1 || slots < 1 || !(thinkMs > 0)) {
        throw new UserError(
            "--seeds, --slots and --think-ms must be positive, not "
                + seeds
                + ", "
                + slots
                + " and "
                + thinkMs);
      }
      if (!(migrationMs >= 0)) {
        throw new UserError("--migration-ms must be at least 0, not " + migrationMs);
      }
      SionnaTrace loaded = trace == null ? null : load(trace);
      if (live) {
        new LiveSimulation(options, loaded, policyFile, thinkMs, migrationMs, slots, seed, seeds)
            .print(policies, runner.out());
      } else {
        new SlotSimulation(options, loaded, policyFile, seed, seeds).print(policies, runner.out());
      }
      return 0;
    }

    private static SionnaTrace load(String name) {
      return name.equals("built-in") ? SionnaTrace.builtIn() : SionnaTrace.read(Path.of(name));
    }
  }
}
