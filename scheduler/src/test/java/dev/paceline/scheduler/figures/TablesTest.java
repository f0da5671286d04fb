package dev.paceline.scheduler.figures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.scheduler.mec.SionnaTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of gaps and of the learned policy, on a part of their settings. */
class TablesTest {
  @TempDir Path folder;

  @Test
  void gapsAreSmallAndSettingsThatDoNotFitAreMarked() throws IOException {
    new GapTable(new GapTable.Sizes(List.of(30), List.of(1, 4, 20), List.of(0, 20)), 1)
        .run(folder, line -> {});
    List<String> rows = Files.readAllLines(folder.resolve("gap.csv"));
    // One RTX 2080 has no memory for 30 sessions.
    assertThat(rows).hasSize(1 + 2 * 2);
    for (String row : rows.subList(1, rows.size())) {
      String[] fields = row.split(",", -1);
      double tmaPlus = Double.parseDouble(fields[4]);
      double iterated = Double.parseDouble(fields[5]);
      double bound = Double.parseDouble(fields[6]);
      assertThat(iterated).isLessThanOrEqualTo(tmaPlus + 1e-3);
      assertThat(bound).isLessThanOrEqualTo(iterated * (1 + 1e-9));
      assertThat(tmaPlus / bound - 1).isLessThan(0.03);
    }
    assertThat(folder.resolve("GAP.md"))
        .content()
        .contains("Within 3 % in 4 of 4 settings")
        .contains("| 30 | 0 | – |");
  }

  @Test
  void learnedPolicyIsHeldAgainstConvexAndHandRules() throws IOException {
    new LearnedTable(1, 10, List.of(SionnaTrace.builtIn())).run(folder, line -> {});
    List<String> rows = Files.readAllLines(folder.resolve("learned.csv"));
    assertThat(rows).hasSize(1 + 6 * 4);
    assertThat(rows.get(rows.size() - 1)).startsWith("\"Sionna trace, 30 devices, 4 servers");
    String text = Files.readString(folder.resolve("LEARNED.md"));
    assertThat(text).contains("of 6 systems; the interval excludes zero in");
    String worst = text.replaceAll("(?s).*average, ([0-9.]+) at worst.*", "$1");
    assertThat(Double.parseDouble(worst)).isLessThanOrEqualTo(1.005);
  }
}
