package dev.paceline.scheduler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.cli.PicocliRunner;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulateCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

  @Test
  void printsATableAndRepeatsItself() throws Exception {
    List<String> arguments =
        List.of("--policy", "tma-plus+convex", "--devices", "20", "--servers", "4", "--seed", "3");
    assertThat(run(Map.of(), arguments)).isZero();
    String first = out.toString(StandardCharsets.UTF_8);
    assertThat(first).contains("20 devices, 4 servers", "tma-plus+convex", "lower bound");
    out.reset();
    run(Map.of("PACELINE_SEED", "3"), arguments.subList(0, 6));
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(first);
  }

  @Test
  void traceSetsTheSize() throws Exception {
    run(Map.of(), List.of("--trace", "built-in", "--policy", "max-sinr+uniform"));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("30 devices, 4 servers");
  }

  @Test
  void liveSystemIsComparedWithConvex() throws Exception {
    run(
        Map.of(),
        List.of(
            "--live", "--devices", "20", "--servers", "4", "--slots", "60", "--policy", "convex"));
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("0.00 % [0.00, 0.00]");
  }

  @Test
  void otherReadingsOfTheModelRun() throws Exception {
    assertThat(
            run(
                Map.of(),
                List.of(
                    "--devices",
                    "8",
                    "--servers",
                    "2",
                    "--noise",
                    "scaled",
                    "--penalty",
                    "one_sided",
                    "--energy",
                    "literal",
                    "--energy-weight",
                    "20",
                    "--policy",
                    "tma-plus+convex")))
        .isZero();
  }

  @Test
  void mistakesAreOneSentence() throws Exception {
    wrong("500 devices do not fit", "--devices", "500");
    wrong("--energy-weight must be at least 0, not -1.0", "--energy-weight", "-1");
    wrong("unknown association", "--policy", "best");
    wrong("there is no such file", "--trace", "no-such-file.npz");
    wrong("'learned' shares need --policy-file", "--live", "--policy", "learned");
    assertThat(run(Map.of(), List.of("--devices", "many"))).isEqualTo(2);
    assertThatThrownBy(() -> new FiguresCommand(runner(Map.of())).run(List.of("7")))
        .isInstanceOf(UserError.class)
        .hasMessage("there is no figure 7 here; choose 5, 6, gap or learned");
    assertThatThrownBy(
            () -> new TrainPolicyCommand(runner(Map.of())).run(List.of("--updates", "0")))
        .isInstanceOf(UserError.class);
  }

  private void wrong(String sentence, String... arguments) {
    assertThatThrownBy(() -> run(Map.of(), List.of(arguments)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence);
  }

  private int run(Map<String, String> environment, List<String> arguments) throws Exception {
    return new SimulateCommand(runner(environment)).run(arguments);
  }

  private PicocliRunner runner(Map<String, String> environment) {
    return new PicocliRunner(environment, stream, stream);
  }
}
