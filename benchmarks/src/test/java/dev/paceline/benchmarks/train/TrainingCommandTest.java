package dev.paceline.benchmarks.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TrainingCommandTest {
  @Test
  void printsARowForEachPrecision() {
    String printed =
        run("--layers 1 --width 32 --heads 2 --vocab 128 --batch 2 --sequence 16 --rounds 1");
    assertThat(printed)
        .containsPattern("\\| fp32 \\| \\d+ \\| [1-9]\\d* \\| [1-9]\\d* \\| [\\d.]+ \\|");
    assertThat(printed)
        .containsPattern("\\| bf16 \\| \\d+ \\| [1-9]\\d* \\| [1-9]\\d* \\| [\\d.]+ \\|");
  }

  @Test
  void printsMemoryOverTheUpdates() {
    String printed = run("--memory 20");
    assertThat(printed.lines()).hasSize(12).last().asString().startsWith("| 20 | ");
  }

  private static String run(String options) {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    TrainingCommand command =
        new TrainingCommand(new PrintStream(sink, true, StandardCharsets.UTF_8));
    assertThat(new CommandLine(command).execute(options.split(" "))).isZero();
    return sink.toString(StandardCharsets.UTF_8);
  }
}
