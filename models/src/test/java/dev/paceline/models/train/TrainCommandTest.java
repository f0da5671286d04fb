package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.cli.PicocliRunner;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.safetensors.DType;
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

class TrainCommandTest {
  @TempDir Path folder;

  @BeforeEach
  void text() throws IOException {
    Files.writeString(
        folder.resolve("a.txt"), "the cat sat on the mat and the dog ran. ".repeat(60));
    Files.writeString(folder.resolve("b.txt"), "def f(x):\n    return x + 1\n\n".repeat(60));
    Files.writeString(
        folder.resolve("v.txt"), "the dog sat on the mat and the cat ran. ".repeat(9));
  }

  @Test
  void resumingEqualsNotStoppingBitForBit() throws Exception {
    train("whole", "--steps", "12");
    // The same run whose first part ends in the middle: a run of 12 updates, cut after 6.
    train("parts", "--steps", "12", "--stop-after", "6");
    assertThat(bytes("parts")).isNotEqualTo(bytes("whole"));
    train("parts", "--steps", "12", "--resume");
    assertThat(bytes("parts")).isEqualTo(bytes("whole"));
    assertThat(Files.readAllLines(folder.resolve("parts/log.csv"))).hasSize(13);
  }

  @Test
  void lossFallsAndTheModelLoads() throws Exception {
    train("run", "--steps", "40", "--schedule", "wsd_sqrt", "--save", "fp16");
    List<String> lines = Files.readAllLines(folder.resolve("run/validation.csv"));
    double first = Double.parseDouble(lines.get(0).split(",")[3]);
    double last = Double.parseDouble(lines.get(lines.size() - 1).split(",")[3]);
    assertThat(last).isLessThan(first - 0.5);
    assertThat(folder.resolve("run/stable.safetensors")).exists();
    assertThat(folder.resolve("run/best/tokenizer.json")).exists();
    CacheDirectory cache = new CacheDirectory(folder.resolve("cache"));
    try (Gpt2Checkpoint model = Gpt2Checkpoint.open(folder.resolve("run/best"), cache)) {
      assertThat(model.config().width()).isEqualTo(16);
      assertThat(model.tied()).isTrue();
      assertThat(model.tensor("wte.weight").dtype()).isEqualTo(DType.F16);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--steps 0, give either --steps or --minutes",
    "--steps 5 --lr 7, --lr 7.0",
    "--steps 5 --batch 5 --accumulate 2, --batch 5 is not a multiple of --accumulate 2",
    "--steps 5 --sequence 64 --context 32, --sequence 64 is more than --context 32",
    "--steps 5 --device tpu, 'tpu'",
    "--steps 5 --precision int4, 'int4'",
    "--steps 5 --heads 3, n_embd 16 is not a multiple of n_head 3",
    "--steps 5 --data missing.txt, missing.txt does not exist",
    "--steps 5 --sequence 4000 --context 4000, too short for sequences of 4000",
    "--steps 5 --clip 0, --clip 0.0",
    "--steps 5 --warmup 1, --warmup 1.0 is not at least 0 and below 1",
    "--steps 5 --decay-part 0, --decay-part 0.0 is not above 0",
    "--steps 5 --save int8, --save 'int8' is not fp32 or fp16",
    "--steps 5 --valid-windows -1, --valid-windows -1 is negative",
  })
  void badInputIsOneSentence(String options, String sentence) {
    assertThatThrownBy(() -> train("bad", options.split(" ")))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aSecondRunDoesNotOverwriteTheFirst() throws Exception {
    train("run", "--steps", "1");
    assertThatThrownBy(() -> train("run", "--steps", "2")).hasMessageContaining("--resume");
    assertThatThrownBy(() -> train("run", "--steps", "2", "--resume", "--seed", "9"))
        .hasMessageContaining("seed 9");
  }

  private byte[] bytes(String run) throws IOException {
    return Files.readAllBytes(folder.resolve(run).resolve("last/model.safetensors"));
  }

  private void train(String run, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data",
                folder.resolve("a.txt") + "=2",
                "--data",
                folder.resolve("b.txt").toString(),
                "--valid",
                folder.resolve("v.txt").toString(),
                "--out",
                folder.resolve(run).toString(),
                "--layers",
                "1",
                "--width",
                "16",
                "--validate-every",
                "8",
                "--threads",
                "1"));
    addDefaults(arguments, List.of(more));
    arguments.addAll(List.of(more));
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(sink, true, StandardCharsets.UTF_8);
    Map<String, String> environment = Map.of("PACELINE_CACHE", folder.resolve("cache").toString());
    int status = new TrainCommand(new PicocliRunner(environment, stream, stream)).run(arguments);
    assertThat(status).as(sink.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static void addDefaults(List<String> arguments, List<String> more) {
    Map<String, String> defaults =
        Map.of(
            "--heads", "2", "--context", "32", "--sequence", "16", "--batch", "4", "--lr", "0.02");
    defaults.forEach(
        (name, value) -> {
          if (!more.contains(name)) {
            arguments.addAll(List.of(name, value));
          }
        });
  }
}
