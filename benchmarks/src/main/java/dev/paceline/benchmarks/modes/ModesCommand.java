package dev.paceline.benchmarks.modes;

import dev.paceline.common.UserError;
import dev.paceline.common.link.BitRate;
import dev.paceline.common.speculation.DecodeMode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code paceline bench modes}: every decoding mode over emulated links and devices. */
@Command(
    name = "modes",
    description = {
      "Decodes with every mode at its best draft length and with automatic control, over loopback",
      "gRPC through an emulated link, on emulated devices that run the built-in pair. Prints",
      "milliseconds per output token, medians over interleaved runs, and compares every text with",
      "the target's own."
    })
public final class ModesCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  @Option(
      names = "--rtt",
      split = ",",
      paramLabel = "MS",
      defaultValue = "5,20,50,100",
      description = "round trips in ms (default: ${DEFAULT-VALUE})")
  private List<Double> roundTrips = List.of();

  @Option(
      names = "--uplink",
      paramLabel = "RATE",
      defaultValue = "unlimited",
      description = "of the client, such as 16kbit, which auto is told (default: ${DEFAULT-VALUE})")
  private String uplink = "";

  @Option(
      names = "--pairs",
      split = ",",
      paramLabel = "DRAFT:STEP",
      defaultValue = "15:8,15:40,8:100,12:150",
      description = "times of a draft token and of a target step in ms (default: ${DEFAULT-VALUE})")
  private List<String> pairs = List.of();

  @Option(
      names = "--server-draft",
      paramLabel = "MS",
      description =
          "the server drafts too, a token in so many ms: adds colocated, and the choice of it to"
              + " auto (default: it does not)")
  private @Nullable Double serverDraft;

  @Option(
      names = "--temperature",
      split = ",",
      paramLabel = "T",
      defaultValue = "0,1",
      description = "default: ${DEFAULT-VALUE}")
  private List<Float> temperatures = List.of();

  @Option(
      names = "--modes",
      split = ",",
      paramLabel = "MODE",
      description = "fixed modes to compare with (default: all that the client has)")
  private @Nullable List<String> modes;

  @Option(
      names = "--windows",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,3,4,6,8,12,16",
      description = "draft lengths to choose the best from (default: ${DEFAULT-VALUE})")
  private List<Integer> windows = List.of();

  @Option(
      names = "--runs",
      defaultValue = "5",
      description =
          "interleaved runs per mode, five times as many where a step takes 8 ms or less (default:"
              + " ${DEFAULT-VALUE})")
  private int runs;

  @Option(
      names = "--prompts",
      defaultValue = "2",
      description = "texts per run, at most 8 (default: ${DEFAULT-VALUE})")
  private int prompts;

  @Option(
      names = "--tokens",
      defaultValue = "96",
      description = "output tokens per text (default: ${DEFAULT-VALUE})")
  private int tokens;

  @Option(
      names = "--lanes",
      defaultValue = "32",
      description = "cells at a time (default: ${DEFAULT-VALUE})")
  private int lanes;

  @Option(
      names = "--quick",
      description = "a look in about a minute: draft lengths 2, 4, 8 and one run")
  private boolean quick;

  @Option(names = "--csv", paramLabel = "FILE", description = "also write every way's figures")
  private @Nullable Path csv;

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
    List<DecodeMode> compared = compared();
    ModesPlan plan =
        new ModesPlan(
            cells(),
            compared,
            quick ? List.of(2, 4, 8) : windows,
            quick ? 1 : runs,
            prompts,
            tokens,
            lanes,
            quick ? 1 : 2);
    int total = plan.cells().size();
    int[] done = {0};
    List<CellResult> results =
        ModesBenchmark.run(plan, result -> System.err.printf("%d of %d cells%n", ++done[0], total));
    new ModesTable(compared).print(System.out, results);
    if (csv != null) {
      write(csv, results);
    }
    return results.stream().allMatch(result -> result.mismatches() == 0) ? 0 : FAILED;
  }

  private static void write(Path file, List<CellResult> results) {
    try (PrintStream out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
      ModesTable.csv(out, results);
    } catch (IOException e) {
      throw new UserError("--csv '" + file + "' cannot be written: " + e.getMessage(), e);
    }
  }

  private List<Cell> cells() {
    List<Cell> cells = new ArrayList<>();
    double own = serverDraft == null ? 0 : time("--server-draft", String.valueOf(serverDraft));
    if (serverDraft != null && own == 0) {
      throw new UserError(
          "--server-draft 0 is not a time; leave it out for a server without drafts");
    }
    double bytes = BitRate.parse("--uplink", uplink) / 8;
    for (String pair : pairs) {
      String[] times = pair.split(":", -1);
      if (times.length != 2) {
        throw new UserError("--pairs '" + pair + "' is not DRAFT:STEP in ms");
      }
      double draft = time("--pairs", times[0]);
      double step = time("--pairs", times[1]);
      for (double rtt : roundTrips) {
        for (float temperature : temperatures) {
          double delay = time("--rtt", String.valueOf(rtt));
          cells.add(new Cell(delay, bytes, draft, step, temperature, own));
        }
      }
    }
    return cells;
  }

  private static double time(String option, String text) {
    try {
      double millis = Double.parseDouble(text);
      if (millis >= 0 && millis <= 10_000) {
        return millis;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw new UserError(option + " '" + text + "' is not between 0 and 10000 ms");
  }

  private List<DecodeMode> compared() {
    List<DecodeMode> all = Lane.modes(serverDraft != null);
    if (modes == null) {
      return all;
    }
    List<DecodeMode> chosen = new ArrayList<>();
    chosen.add(DecodeMode.SERVER_ONLY);
    for (String name : modes) {
      String constant = name.toUpperCase(Locale.ROOT).replace('-', '_');
      DecodeMode mode =
          all.stream()
              .filter(candidate -> candidate.name().equals(constant))
              .findFirst()
              .orElseThrow(
                  () ->
                      new UserError(
                          "--modes '"
                              + name
                              + "' is not one of "
                              + Arrays.toString(all.toArray()).toLowerCase(Locale.ROOT)));
      if (!chosen.contains(mode)) {
        chosen.add(mode);
      }
    }
    return chosen;
  }
}
