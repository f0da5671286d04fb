package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.cli.Command;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** {@code --help} of every command. */
class HelpTest {
  @Test
  void everyCommandDescribesItselfWithoutComplaint() throws Exception {
    int described = 0;
    for (Command command : ServiceLoader.load(Command.class)) {
      CommandLine.Ending ending = CommandLine.run("", List.of(command.name(), "--help"));
      assertThat(ending.status()).as(command.name()).isZero();
      // picocli warns of a description that it cannot format, on standard error.
      assertThat(ending.err()).as(command.name()).isEmpty();
      assertThat(ending.out()).as(command.name()).contains("paceline " + command.name());
      assertThat(ending.out()).as(command.name()).doesNotContain("%%", "${");
      described++;
    }
    assertThat(described).isGreaterThan(10);
  }
}
