package dev.paceline.models.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class PicocliRunnerTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final Try command = new Try();

  @Command(name = "paceline try", mixinStandardHelpOptions = true)
  private static final class Try implements Callable<Integer> {
    @Option(
        names = {"-k", "--top-k"},
        defaultValue = "5")
    int topK;

    @Option(names = "--model", required = true)
    String model = "";

    @Option(names = "--json")
    boolean json;

    @Override
    public Integer call() {
      if (model.equals("bad")) {
        throw new UserError("model 'bad' is bad");
      }
      return 3;
    }
  }

  @Test
  void theCommandLineWinsThenTheEnvironmentThenTheDefault() throws Exception {
    assertThat(run(Map.of(), "--model", "m")).isEqualTo(3);
    assertThat(command.topK).isEqualTo(5);
    assertThat(run(Map.of("PACELINE_TOP_K", "7", "PACELINE_MODEL", "n", "PACELINE_JSON", "true")))
        .isEqualTo(3);
    assertThat(command.topK).isEqualTo(7);
    assertThat(command.model).isEqualTo("n");
    assertThat(command.json).isTrue();
    assertThat(run(Map.of("PACELINE_TOP_K", "7", "PACELINE_MODEL", "n"), "-k", "9")).isEqualTo(3);
    assertThat(command.topK).isEqualTo(9);
  }

  @Test
  void wrongUsageIsOneSentenceAndStatusTwo() throws Exception {
    assertThat(run(Map.of(), "--model", "m", "--nope")).isEqualTo(2);
    assertThat(run(Map.of("PACELINE_TOP_K", "many"), "--model", "m")).isEqualTo(2);
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8).lines())
        .satisfiesExactly(
            l ->
                assertThat(l)
                    .contains("paceline try: Unknown option: '--nope'", "paceline try --help"),
            l -> assertThat(l).contains("--top-k", "'many' is not an int"),
            l -> assertThat(l).contains("Missing required option: '--model=<model>'"));
  }

  @Test
  void errorsReachTheCaller() {
    assertThatThrownBy(() -> run(Map.of(), "--model", "bad"))
        .isInstanceOf(UserError.class)
        .hasMessage("model 'bad' is bad");
  }

  @Test
  void helpIsPrinted() throws Exception {
    assertThat(run(Map.of(), "--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("Usage: paceline try", "--top-k");
  }

  private int run(Map<String, String> environment, String... arguments) throws Exception {
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    return new PicocliRunner(environment, o, e).run(command, List.of(arguments));
  }
}
