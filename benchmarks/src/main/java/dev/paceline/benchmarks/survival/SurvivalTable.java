package dev.paceline.benchmarks.survival;

import dev.paceline.benchmarks.Samples;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Prints what became of the texts. */
final class SurvivalTable {
  private SurvivalTable() {}

  static void print(PrintStream out, List<FaultResult> results) {
    out.println(
        "| what happened | identical / texts | faults | away s, median (max) | extra s, median"
            + " | p95 | max | after it s, median | p95 | max |");
    out.println("|:--|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (FaultResult result : results) {
      out.printf(
          Locale.ROOT,
          "| %s | %d / %d | %d | %.2f (%.2f) | %s | %s |%n",
          result.fault().label(),
          result.identical(),
          result.texts(),
          result.events(),
          result.away().median(),
          result.away().percentile(100),
          figures(result.extra()),
          figures(result.after()));
    }
    results.forEach(
        result ->
            result.complaints().forEach(text -> out.println(result.fault().label() + ": " + text)));
  }

  private static String figures(Samples samples) {
    return String.format(
        Locale.ROOT,
        "%.2f | %.2f | %.2f",
        samples.median(),
        samples.percentile(95),
        samples.percentile(100));
  }
}
