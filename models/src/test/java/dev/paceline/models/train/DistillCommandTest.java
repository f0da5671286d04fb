package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.common.cli.Command;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.safetensors.DType;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistillCommandTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream sink = new ByteArrayOutputStream();

  @BeforeEach
  void target() throws IOException {
    Files.writeString(
        folder.resolve("a.txt"), "the cat sat on the mat and the dog ran. ".repeat(60));
    Files.writeString(folder.resolve("v.txt"), "the dog sat on the mat and the cat. ".repeat(9));
    Gpt2Config shape = Gpt2Config.ofShape(4096, 32, 24, 1, 2, 48);
    FlatLayout layout = new FlatLayout(shape);
    Weights.write(Tiny.weights(layout), layout, DType.F32, folder.resolve("target"));
    ShippedTokenizers.NANO.write(folder.resolve("target"));
  }

  @Test
  void resumingEqualsNotStoppingBitForBitOnTextAndSamples() throws Exception {
    String[] samples = {"--on-samples", "0.5", "--sample-tokens", "600", "--sample-prompt", "4"};
    distill("whole", samples, "--steps", "10");
    distill("parts", samples, "--steps", "10", "--stop-after", "5");
    assertThat(bytes("parts")).isNotEqualTo(bytes("whole"));
    distill("parts", samples, "--steps", "10", "--resume");
    assertThat(bytes("parts")).isEqualTo(bytes("whole"));
    assertThatThrownBy(() -> distill("parts", new String[0], "--steps", "10", "--resume"))
        .hasMessageContaining("is of a run with other options");
  }

  @Test
  void acceptanceRisesAndTheBestDraftIsKept() throws Exception {
    run(
        new TrainCommand(runner()),
        ("--layers 1 --width 16 --heads 2 --context 32 --sequence 16 --batch 4 --lr 0.02"
                + " --steps 40 --threads 1 --data a.txt --out trained")
            .replace("a.txt", folder.resolve("a.txt").toString())
            .replace("trained", folder.resolve("trained").toString())
            .split(" "));
    String[] target = {"--target", folder.resolve("trained/last").toString()};
    distill("run", target, "--steps", "40", "--validate-every", "10", "--loss", "tv");
    List<String> lines = Files.readAllLines(folder.resolve("run/validation.csv"));
    assertThat(acceptance(lines.get(lines.size() - 1)))
        .isGreaterThan(acceptance(lines.get(0)) + 0.05);
    try (Gpt2Checkpoint draft =
        Gpt2Checkpoint.open(
            folder.resolve("run/best"), new CacheDirectory(folder.resolve("cache")))) {
      assertThat(draft.config().width()).isEqualTo(16);
      assertThat(draft.config().contextLength()).isEqualTo(32);
    }
    assertThat(folder.resolve("run/best/tokenizer.json")).exists();
    String printed =
        run(
            new EvaluateCommand(runner()),
            "--target",
            folder.resolve("trained/last").toString(),
            "--draft",
            folder.resolve("run/best").toString(),
            "--window",
            "17",
            "--text",
            folder.resolve("v.txt").toString());
    assertThat(printed).contains("v.txt: ", "  0.70  ", "bound (1-TV)/(1+TV)");
    distill("more", new String[] {"--init", folder.resolve("run/best").toString()}, "--steps", "2");
  }

  @ParameterizedTest
  @CsvSource({
    "--loss mse, --loss 'mse' is not forward-kl",
    "--cross-entropy 2, --cross-entropy 2.0 is not between 0 and 1",
    "--on-samples 1, --on-samples 1.0",
    "--on-samples 0.5 --sample-tokens 0, --sample-tokens 0",
    "--on-samples 0.5 --sample-prompt 16, --sample-prompt 16",
    "--target nowhere/none/such, 'nowhere/none/such'",
    "--init paceline-nano-target --sequence 64, --sequence 64 is more than --context 32",
    "--target-precision int4, 'int4'",
  })
  void badInputIsOneSentence(String options, String sentence) {
    assertThatThrownBy(() -> distill("bad", options.split(" "), "--steps", "1"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence)
        .message()
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--window 99 | --window 99 is not between 2 and 33",
        "--window 16 --temperatures 0.7,-1 | --temperatures -1.0",
        "--window 16 --windows -1 | --windows -1",
        "--window 16 --device tpu | 'tpu'",
        "--window 16 --draft paceline-nano-draft --target paceline-nano-target --text none.txt"
            + " | none.txt does not exist",
      })
  void badInputOfEvaluateIsOneSentence(String options, String sentence) {
    List<String> arguments = new ArrayList<>(List.of(options.split(" ")));
    if (!arguments.contains("--target")) {
      arguments.addAll(List.of("--target", folder.resolve("target").toString()));
      arguments.addAll(List.of("--text", folder.resolve("v.txt").toString()));
    }
    EvaluateCommand command = new EvaluateCommand(runner());
    assertThatThrownBy(() -> command.run(arguments))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence)
        .message()
        .doesNotContain("\n");
  }

  private double acceptance(String line) {
    String[] cells = line.split(",");
    return Double.parseDouble(cells[cells.length - 1]);
  }

  private byte[] bytes(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("last/model.safetensors"));
  }

  private void distill(String run, String[] more, String... most) throws Exception {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(List.of(most));
    List<String> arguments = new ArrayList<>();
    Map<String, String> defaults =
        Map.ofEntries(
            Map.entry("--target", folder.resolve("target").toString()),
            Map.entry("--data", folder.resolve("a.txt").toString()),
            Map.entry("--valid", folder.resolve("v.txt").toString()),
            Map.entry("--out", folder.resolve(run).toString()),
            Map.entry("--layers", "1"),
            Map.entry("--width", "16"),
            Map.entry("--heads", "2"),
            Map.entry("--sequence", "16"),
            Map.entry("--batch", "4"),
            Map.entry("--lr", "0.02"),
            Map.entry("--threads", "1"));
    defaults.forEach(
        (name, value) -> {
          if (!all.contains(name)) {
            arguments.addAll(List.of(name, value));
          }
        });
    arguments.addAll(all);
    run(new DistillCommand(runner()), arguments.toArray(String[]::new));
  }

  private PicocliRunner runner() {
    PrintStream stream = new PrintStream(sink, true, StandardCharsets.UTF_8);
    Map<String, String> environment = Map.of("PACELINE_CACHE", folder.resolve("cache").toString());
    return new PicocliRunner(environment, stream, stream);
  }

  private String run(Command command, String... arguments) throws Exception {
    int status = command.run(List.of(arguments));
    String printed = sink.toString(StandardCharsets.UTF_8);
    assertThat(status).as(printed).isZero();
    return printed;
  }
}
