package dev.paceline.benchmarks.modes;

import dev.paceline.benchmarks.Samples;
import dev.paceline.benchmarks.emulation.SocketBytes;
import dev.paceline.common.speculation.DecodeMode;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Prints cells as a table and as CSV; times are ms per output token. */
final class ModesTable {
  private static final SocketBytes.PerToken UNKNOWN =
      new SocketBytes.PerToken(Double.NaN, Double.NaN);

  private final List<DecodeMode> modes;

  ModesTable(List<DecodeMode> modes) {
    this.modes = modes;
  }

  /** All cells, then the worst ratios. */
  void print(PrintStream out, List<CellResult> results) {
    head(out);
    for (CellResult result : results) {
      row(out, result);
    }
    double worstBest = 0;
    double worstAlone = 0;
    int mismatches = 0;
    for (CellResult result : results) {
      worstBest = Math.max(worstBest, result.overBest());
      worstAlone = Math.max(worstAlone, result.overServerOnly());
      mismatches += result.mismatches();
    }
    out.printf(
        Locale.ROOT,
        "%nlargest auto / best fixed: %.3f, largest auto / server-only: %.3f, texts that differ"
            + " from the target's own: %d%n",
        worstBest,
        worstAlone,
        mismatches);
    bytes(out, results);
  }

  /** Means over the cells, of each mode at its best draft length. */
  private void bytes(PrintStream out, List<CellResult> results) {
    out.println("\n| bytes per output token | up | down |\n|:--|--:|--:|");
    for (DecodeMode mode : modes) {
      bytes(out, new Way(false, mode, 0).name(), results, result -> result.best(mode));
    }
    bytes(out, Way.AUTO.name(), results, CellResult::automatic);
  }

  private static void bytes(
      PrintStream out,
      String name,
      List<CellResult> results,
      Function<CellResult, @Nullable Way> which) {
    double up = 0;
    double down = 0;
    int count = 0;
    for (CellResult result : results) {
      Way way = which.apply(result);
      SocketBytes.PerToken bytes = way == null ? null : result.bytes().get(way);
      if (bytes != null) {
        up += bytes.up();
        down += bytes.down();
        count++;
      }
    }
    if (count > 0) {
      out.printf(Locale.ROOT, "| %s | %.1f | %.1f |%n", name, up / count, down / count);
    }
  }

  private void head(PrintStream out) {
    out.print("|  RTT | draft, step |  T |");
    for (DecodeMode mode : modes) {
      out.printf(Locale.ROOT, " %13s |", new Way(false, mode, 0).name());
    }
    out.println("   auto | / best | / alone |");
    out.print("|-----:|------------:|---:|");
    for (int i = 0; i < modes.size(); i++) {
      out.print("--------------:|");
    }
    out.println("-------:|-------:|--------:|");
  }

  private void row(PrintStream out, CellResult result) {
    Cell cell = result.cell();
    out.printf(
        Locale.ROOT,
        "| %4.0f | %11s | %2.0f |",
        cell.rttMs(),
        String.format(Locale.ROOT, "%.0f, %.0f", cell.draftMs(), cell.stepMs()),
        cell.temperature());
    for (DecodeMode mode : modes) {
      Way way = result.best(mode);
      out.printf(" %13s |", way == null ? "" : text(result, way));
    }
    Way auto = result.automatic();
    out.printf(
        Locale.ROOT,
        " %6s | %6.3f | %7.3f |%n",
        auto == null ? "" : String.format(Locale.ROOT, "%.1f", result.millis(auto)),
        result.overBest(),
        result.overServerOnly());
  }

  private static String text(CellResult result, Way way) {
    double millis = result.millis(way);
    return way.window() == 0
        ? String.format(Locale.ROOT, "%.1f", millis)
        : String.format(Locale.ROOT, "%.1f (%d)", millis, way.window());
  }

  /** Every measured way of every cell, one per line. */
  static void csv(PrintStream out, List<CellResult> results) {
    out.println(
        "rtt_ms,draft_ms,step_ms,temperature,mode,window,runs,ms_per_token_median,"
            + "ms_per_token_p10,ms_per_token_p90,uplink_bytes_per_token,downlink_bytes_per_token");
    for (CellResult result : results) {
      Cell cell = result.cell();
      for (Map.Entry<Way, Samples> entry : result.medians().entrySet()) {
        Samples samples = entry.getValue();
        SocketBytes.PerToken bytes = result.bytes().getOrDefault(entry.getKey(), UNKNOWN);
        out.printf(
            Locale.ROOT,
            "%s,%s,%s,%s,%s,%s,%d,%.3f,%.3f,%.3f,%.1f,%.1f%n",
            cell.rttMs(),
            cell.draftMs(),
            cell.stepMs(),
            cell.temperature(),
            entry.getKey().name(),
            window(entry.getKey()),
            samples.count(),
            samples.median(),
            samples.percentile(10),
            samples.percentile(90),
            bytes.up(),
            bytes.down());
      }
    }
  }

  private static Object window(Way way) {
    return way.automatic() ? "" : way.window();
  }
}
