package dev.paceline.benchmarks.survival;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench survival}: texts whose servers and links fail. */
@Command(
    name = "survival",
    description = {
      "Kills servers in the middle of texts, cuts links, leaves connections half open and moves",
      "texts between servers. Compares every text with the target's own and prints how much later",
      "it ended than the same text undisturbed."
    })
public final class SurvivalCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  /** It warns of connections that break, which is what happens here. */
  private static final Logger GRPC = Logger.getLogger("io.grpc");

  @Option(
      names = "--restarts",
      paramLabel = "N",
      defaultValue = "100",
      description = "texts whose server is lost and started again (default: ${DEFAULT-VALUE})")
  private int restarts;

  @Option(
      names = "--kills",
      paramLabel = "N",
      defaultValue = "6",
      description = "texts whose server process gets a kill -9 (default: ${DEFAULT-VALUE})")
  private int kills;

  @Option(
      names = "--cuts",
      paramLabel = "N",
      defaultValue = "40",
      description =
          "texts whose link is away, half of them broken, half of them dead (default:"
              + " ${DEFAULT-VALUE})")
  private int cuts;

  @Option(
      names = "--longest",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description = "that a link is away; 0.1 s is the least (default: ${DEFAULT-VALUE})")
  private double longest;

  @Option(
      names = "--silences",
      paramLabel = "N",
      defaultValue = "20",
      description = "texts whose connection is left half open (default: ${DEFAULT-VALUE})")
  private int silences;

  @Option(
      names = "--moves",
      paramLabel = "N",
      defaultValue = "16",
      description = "texts that change servers every second (default: ${DEFAULT-VALUE})")
  private int moves;

  @Option(
      names = "--lanes",
      paramLabel = "N",
      defaultValue = "8",
      description = "texts at a time (default: ${DEFAULT-VALUE})")
  private int lanes;

  @Option(names = "--quick", description = "a tenth of the texts")
  private boolean quick;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  /**
   * @return 1 if a text differed from what the target writes alone
   */
  @Override
  public Integer call() throws InterruptedException {
    GRPC.setLevel(Level.SEVERE);
    int share = quick ? 10 : 1;
    Map<Fault, Integer> texts = new EnumMap<>(Fault.class);
    texts.put(Fault.RESTART, part(restarts, share));
    texts.put(Fault.KILL, part(kills, share));
    texts.put(Fault.CUT, part((cuts + 1) / 2, share));
    texts.put(Fault.PAUSE, part(cuts / 2, share));
    texts.put(Fault.SILENCE, part(silences, share));
    texts.put(Fault.MOVE, part(moves, share));
    SurvivalPlan plan = new SurvivalPlan(texts, 96, 320, longest, 2, lanes);
    List<FaultResult> results =
        SurvivalBenchmark.run(
            plan, result -> System.err.println("done: " + result.fault().label()));
    SurvivalTable.print(System.out, results);
    return results.stream().allMatch(result -> result.complaints().isEmpty()) ? 0 : FAILED;
  }

  private static int part(int count, int share) {
    return (count + share - 1) / share;
  }
}
