package dev.paceline.benchmarks.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.benchmarks.cli.BenchCommand;
import dev.paceline.models.registry.ModelRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The dry run of {@code benchmarks/cuda-check}: everything that it does, on the CPU. */
class CheckCommandTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  private int check(String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of("check", "--device", "cpu", "--model", ModelRegistry.NANO, "--rounds", "1"));
    arguments.addAll(List.of(more));
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      return new BenchCommand().run(arguments);
    } finally {
      System.setOut(before);
    }
  }

  @Test
  void printsOneTableAndFindsNothingWrong() throws Exception {
    int status = check("--draft-model", ModelRegistry.NANO, "--max-tokens", "16");
    String table = printed.toString(StandardCharsets.UTF_8);
    assertThat(status).as(table).isZero();
    assertThat(table.lines().filter(line -> line.contains(" ok "))).hasSize(8);
    assertThat(table)
        .contains("paceline-nano-target, fp32 on cpu", "step of 1 row", "step of 64 rows")
        .contains("served, stream", "served, sync", "served, colocated", "0 differ");
  }
}
