package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.registry.ModelRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code paceline generate}: prompts from everywhere, stop strings, batches, figures. */
class GenerateTest {
  private static final String PROMPT = "The captain walked slowly along the deck and";
  private static final int TOKENS = 24;

  @TempDir static Path folder;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static BuiltInPair pair;
  private static String expected;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(Map.of("slots", "2", "draft-model", ModelRegistry.NANO));
    expected = alone(PROMPT, SamplingParams.GREEDY, TOKENS);
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  private static String alone(String prompt, SamplingParams sampling, int tokens) {
    int[] ids = pair.targetAlone(pair.tokenizer.encode(prompt), sampling, tokens);
    return pair.tokenizer.decode(ids);
  }

  private static CommandLine.Ending generate(String stdin, String... options) throws Exception {
    List<String> line = new ArrayList<>(List.of("generate", "--model", ModelRegistry.NANO));
    line.addAll(List.of("--server", "127.0.0.1:" + pair.port()));
    line.addAll(List.of("--max-tokens", String.valueOf(TOKENS)));
    line.addAll(List.of(options));
    return CommandLine.run(stdin, line);
  }

  @Test
  void promptsComeFromTheLineAFileAndStandardInput() throws Exception {
    Path file = folder.resolve("prompt.txt");
    Files.writeString(file, PROMPT + "\n");
    List<CommandLine.Ending> endings =
        List.of(
            generate("", "--prompt", PROMPT),
            generate("", "--prompt-file", file.toString()),
            generate(PROMPT + "\n", "--prompt-file", "-"),
            generate(PROMPT, "--prompt", "-"),
            generate(PROMPT + "\r\n"));
    for (CommandLine.Ending ending : endings) {
      assertThat(ending.status()).as(ending.err()).isZero();
      assertThat(ending.out()).isEqualTo(expected + System.lineSeparator());
    }
  }

  @Test
  void aPromptThatIsNoTextIsRefused() throws Exception {
    Path file = folder.resolve("latin1.txt");
    Files.write(file, "na\u00efve".getBytes(StandardCharsets.ISO_8859_1));
    CommandLine.Ending ending = generate("", "--prompt-file", file.toString());
    assertThat(ending.status()).isEqualTo(1);
    assertThat(ending.err()).contains("latin1.txt", "UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "server-only", "device-only"})
  void theTextEndsBeforeAStopString(String mode) throws Exception {
    String whole = generate("", "--prompt", PROMPT, "--decode", mode).out();
    // From the middle of one token to the middle of another.
    String stop = whole.substring(11, 17);
    CommandLine.Ending ending =
        generate(
            "", "--prompt", PROMPT, "--decode", mode, "--stop", "no such text", "--stop", stop);
    assertThat(ending.status()).as(ending.err()).isZero();
    assertThat(ending.out())
        .isEqualTo(whole.substring(0, whole.indexOf(stop)) + System.lineSeparator());
  }

  @Test
  void figuresTellTheServersDraftsApart() throws Exception {
    // sync: the server waits for drafts, however slow the machine.
    JsonNode own = figures("sync");
    assertThat(own.path("accepted").asInt()).isPositive();
    JsonNode servers = figures("colocated");
    assertThat(servers.path("drafted").asInt()).isZero();
    assertThat(servers.path("server_drafted").asInt())
        .isGreaterThanOrEqualTo(servers.path("server_accepted").asInt());
    for (JsonNode each : List.of(own, servers)) {
      assertThat(each.path("output_tokens").asInt()).isEqualTo(TOKENS);
      assertThat(
              each.path("verify_steps").asInt()
                  + each.path("accepted").asInt()
                  + each.path("server_accepted").asInt())
          .as("a token for each step and each accepted draft; the last step may be cut: %s", each)
          .isBetween(TOKENS, TOKENS + 1);
    }
  }

  private static JsonNode figures(String mode) throws Exception {
    CommandLine.Ending ending = generate("", "--prompt", PROMPT, "--decode", mode, "--json");
    assertThat(ending.status()).as(ending.err()).isZero();
    String[] lines = ending.out().split("\\R");
    return JSON.readTree(lines[lines.length - 1]);
  }

  @Test
  void aBatchAnswersEveryLineInOrder() throws Exception {
    Path file = folder.resolve("batch.jsonl");
    Files.writeString(
        file,
        String.join(
            "\n",
            "{\"prompt\": \"" + PROMPT + "\", \"id\": \"first\"}",
            "",
            "{\"prompt\": ",
            "{\"prompt\": \"Once\", \"max_tokens\": 0}",
            "{\"prompt\": \"Once\", \"max_token\": 3}",
            "{\"prompt\": \"" + "many words ".repeat(2000) + "\"}",
            "{\"prompt\": \"Once upon\", \"max_tokens\": 9, \"temperature\": 1, \"seed\": 5}",
            "{\"prompt\": \"" + PROMPT + "\", \"stop\": [\"" + expected.substring(5, 9) + "\"]}"));
    CommandLine.Ending ending = generate("", "--jsonl", file.toString());
    List<JsonNode> answers = new ArrayList<>();
    for (String line : ending.out().lines().toList()) {
      answers.add(JSON.readTree(line));
    }
    assertThat(answers.stream().map(answer -> answer.path("line").asInt()))
        .containsExactly(1, 3, 4, 5, 6, 7, 8);
    assertThat(answers.get(0).path("text").asText()).isEqualTo(expected);
    assertThat(answers.get(0).path("id").asText()).isEqualTo("first");
    assertThat(answers.get(0).path("finish_reason").asText()).isEqualTo("length");
    assertThat(answers.get(0).path("output_tokens").asInt()).isEqualTo(TOKENS);
    String[] named = {"JSON", "max_tokens", "max_token", "tokens"};
    for (int i = 0; i < named.length; i++) {
      assertThat(answers.get(i + 1).path("error").path("message").asText())
          .startsWith("line " + (i + 3) + ": ")
          .contains(named[i]);
    }
    SamplingParams sampling = new SamplingParams(1f, 0, 1f, 5);
    assertThat(answers.get(5).path("text").asText()).isEqualTo(alone("Once upon", sampling, 9));
    assertThat(answers.get(6).path("text").asText()).isEqualTo(expected.substring(0, 5));
    assertThat(answers.get(6).path("finish_reason").asText()).isEqualTo("stop");
    assertThat(ending.status()).isEqualTo(1);
    assertThat(ending.err()).contains("4 of 7 lines");
  }

  @Test
  void aBatchFromStandardInputThatIsAllRightSucceeds() throws Exception {
    CommandLine.Ending ending =
        generate("{\"prompt\":\"" + PROMPT + "\"}\n", "--jsonl", "-", "--decode", "server-only");
    assertThat(ending.status()).as(ending.err()).isZero();
    assertThat(JSON.readTree(ending.out()).path("text").asText()).isEqualTo(expected);
  }
}
