package dev.paceline.benchmarks.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AcceptanceCommandTest {
  @TempDir Path folder;

  /** For the built-in pair, whatever pair is built in. */
  @Test
  void coupledRuleIsBetweenItsBoundAndTheOptimum() {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    Map<String, String> environment = Map.of("PACELINE_CACHE", folder.toString());
    AcceptanceCommand command =
        new AcceptanceCommand(environment, new PrintStream(sink, true, StandardCharsets.UTF_8));
    assertThat(new CommandLine(command).execute("--windows", "2")).isZero();
    List<String> rows =
        sink.toString(StandardCharsets.UTF_8).lines().filter(l -> l.contains(".txt")).toList();
    assertThat(rows).hasSize(6);
    for (String row : rows) {
      String[] cells = row.split("\\|", -1);
      double bound = Double.parseDouble(cells[4]);
      double coupled = Double.parseDouble(cells[5]);
      double optimum = Double.parseDouble(cells[6]);
      assertThat(coupled).as(row).isBetween(bound - 1e-3, optimum + 1e-3);
      // A draft that was distilled from its target agrees more often than not.
      assertThat(bound).as(row).isBetween(0.5, 1.0);
      boolean greedy = Double.parseDouble(cells[3]) == 0;
      assertThat(bound == optimum).as(row).isEqualTo(greedy);
    }
  }
}
