package dev.paceline.scheduler.figures;

import dev.paceline.scheduler.decisions.Statistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** RESULTS.md: what the figures show, in words and reductions. */
final class Summary {
  private static final double PAPER_MEAN = 0.237;
  private static final double PAPER_MOST = 0.280;
  private static final String[] OURS = {
    "tma+masac", "tma+convex", "tma-plus+convex", "tma-plus+residual-masac"
  };
  private static final String[] THEIRS = {
    "random+uniform",
    "max-sinr+uniform",
    "max-compute-top+uniform",
    "max-compute-load+uniform",
    "random+convex",
    "max-sinr+convex",
    "max-compute-load+convex"
  };

  private final StringBuilder text = new StringBuilder();

  Summary(int seeds) {
    line("# Figures 5 and 6, regenerated");
    line("");
    line(
        "Made by `paceline figures 5 6 --seeds %d`. Numbers are means over %d seeds with 95 %%",
        seeds, seeds);
    line("bootstrap intervals; all policies see the same seeds. Latency is the pipeline latency");
    line("max(drafting, upload) + verification of one slot. A policy is association+shares.");
    line("");
  }

  /** Adds a profile's reductions. */
  void figureFive(FigureFive figure) {
    line("## Fig. 5, %s rates", figure.word());
    line("");
    line("Reduction of mean latency, 1 − ours/theirs, over the grid of 11 settings: mean with its");
    line("interval, then the least and the most of any setting.");
    line("");
    line("| ours | against | mean | least | most | the paper's 23.7 %% mean | its 28.0 %% most |");
    line("|---|---|---|---|---|---|---|");
    for (String ours : OURS) {
      for (String theirs : THEIRS) {
        Statistics overall = figure.overall(ours, theirs);
        double[] settings = figure.reductions(ours, theirs);
        double most = Arrays.stream(settings).max().orElse(Double.NaN);
        line(
            "| %s | %s | %.1f %% [%.1f, %.1f] | %.1f %% | %.1f %% | %s | %s |",
            ours,
            theirs,
            100 * overall.mean(),
            100 * overall.low(),
            100 * overall.high(),
            100 * Arrays.stream(settings).min().orElse(Double.NaN),
            100 * most,
            verdict(overall.low(), overall.high(), PAPER_MEAN),
            most >= PAPER_MOST ? "reached" : "not reached");
      }
    }
    line("");
  }

  /** Adds what happens as w grows. */
  void figureSix(FigureSix figure) {
    line("## Fig. 6, %s energy", figure.word());
    line("");
    line("| policy | battery | w | latency ms | uplink mJ |");
    line("|---|---|---|---|---|");
    for (String policy : Plot.FIGURE_SIX) {
      for (boolean high : new boolean[] {true, false}) {
        List<Statistics> latency = figure.of(policy, high, "latency");
        List<Statistics> energy = figure.of(policy, high, "energy");
        for (int k = 0; k < FigureSix.WEIGHTS.length; k++) {
          line(
              "| %s | %s | %.0f | %.1f [%.1f, %.1f] | %.2f [%.2f, %.2f] |",
              policy,
              high ? "high" : "low",
              FigureSix.WEIGHTS[k],
              latency.get(k).mean(),
              latency.get(k).low(),
              latency.get(k).high(),
              energy.get(k).mean(),
              energy.get(k).low(),
              energy.get(k).high());
        }
      }
    }
    line("");
  }

  /** Adds what the numbers depend on and writes the file. */
  void write(Path file) throws IOException {
    line("## What these numbers depend on");
    line("");
    line("The paper states neither task lengths, nor F, nor the number held fixed in each half of");
    line(
        "Fig. 5, nor the shares its baselines use, nor which of two readings of MaxCompute it means.");
    line(
        "Here: output 256/128/64 tokens ± 25 %%, prompts 150/700/60, ids and probabilities on the");
    line("uplink, servers RTX 2080, 3090, 4090 in turn on a grid, W = 10 MHz split equally, UMi");
    line("channel. A baseline with uniform shares leaves both halves of the gain to ours; against");
    line("the same baseline with convex shares only the association differs. Where a reduction");
    line(
        "exceeds the paper's, that is a property of this setting, not a reproduction of its figure;");
    line("nothing was tuned to reach or pass its numbers.");
    Files.writeString(file, text.toString());
  }

  private static String verdict(double low, double high, double paper) {
    if (low > paper) {
      return "beaten";
    }
    return high < paper ? "not reached" : "met within the interval";
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
