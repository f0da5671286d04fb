package dev.paceline.benchmarks.modes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.benchmarks.Samples;
import dev.paceline.benchmarks.emulation.SocketBytes;
import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The comparison of modes on two small cells; what it says of time is not tested here. */
class ModesTest {
  private static final List<Cell> CELLS =
      List.of(new Cell(4, 0, 2, 20, 0, 3), new Cell(4, 20_000, 2, 20, 1, 3));

  @Test
  void measuresEveryModeAndFindsTheTargetsOwnText() throws Exception {
    List<Cell> seen = Collections.synchronizedList(new ArrayList<>());
    ModesPlan plan = new ModesPlan(CELLS, Lane.modes(true), List.of(2, 6), 1, 1, 12, 2, 1);
    List<CellResult> results = ModesBenchmark.run(plan, result -> seen.add(result.cell()));
    assertThat(seen).containsExactlyInAnyOrderElementsOf(CELLS);
    assertThat(results).extracting(CellResult::cell).isEqualTo(CELLS);
    for (CellResult result : results) {
      assertThat(result.mismatches()).isZero();
      for (DecodeMode mode : Lane.modes(true)) {
        Way best = result.best(mode);
        if (best == null) {
          throw new AssertionError(mode + " was not measured");
        }
        assertThat(result.medians().getOrDefault(best, new Samples()).count()).isEqualTo(2);
        SocketBytes.PerToken bytes = result.bytes().get(best);
        if (bytes == null) {
          throw new AssertionError("no bytes of " + mode);
        }
        // The request is some forty bytes; a verdict is some twenty for each of twelve tokens.
        assertThat(bytes.up()).isGreaterThan(2);
        assertThat(bytes.down()).isGreaterThan(2);
      }
      // A step takes 20 ms; a busy machine may be late with the first of twelve tokens.
      assertThat(result.millis(Way.SERVER_ONLY)).isGreaterThan(5);
      assertThat(result.overBest()).isPositive();
      assertThat(result.overServerOnly()).isPositive();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new ModesTable(Lane.modes(true)).print(out, results);
    ModesTable.csv(out, results);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains(
            "auto |",
            "server-only",
            "4.0,2.0,20.0,1.0,auto,,2,",
            "own: 0",
            "| colocated |",
            "| bytes per output token | up | down |");
  }

  @Test
  void refusesWhatCannotBeMeasured() {
    assertThatThrownBy(() -> new ModesPlan(CELLS, Lane.modes(true), List.of(2), 0, 1, 12, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--runs 0");
    assertThatThrownBy(() -> new ModesPlan(CELLS, Lane.modes(true), List.of(900), 1, 1, 12, 1, 1))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--windows 900");
  }
}
