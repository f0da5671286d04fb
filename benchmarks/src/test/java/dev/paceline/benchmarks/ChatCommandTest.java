package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.registry.ModelRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code paceline chat} before a real target server, with standard input from a pipe. */
class ChatCommandTest {
  private static final int TOKENS = 12;

  @Test
  void everyAnswerIsTheTargetsContinuationOfTheWholeText() throws Exception {
    try (BuiltInPair pair = new BuiltInPair(1)) {
      CommandLine.Ending ending =
          CommandLine.run(
              "Once upon a time\nThe captain\n/text\n/stats\n",
              List.of(
                  "chat",
                  "--model",
                  ModelRegistry.NANO,
                  "--server",
                  "127.0.0.1:" + pair.port(),
                  "--max-tokens",
                  String.valueOf(TOKENS),
                  "--decode",
                  "stream"));
      String first = "Once upon a time" + alone(pair, "Once upon a time");
      String second = first + (first.endsWith("\n") ? "" : "\n") + "The captain";
      String whole = second + alone(pair, second);
      assertThat(ending.status()).as(ending.err()).isZero();
      assertThat(ending.out()).contains(whole + System.lineSeparator());
      assertThat(ending.out()).containsPattern("output tokens +" + TOKENS + " +" + 2 * TOKENS);
    }
  }

  private static String alone(BuiltInPair pair, String prompt) {
    int[] ids = pair.tokenizer.encode(prompt);
    return pair.tokenizer.decode(pair.targetAlone(ids, SamplingParams.GREEDY, TOKENS));
  }
}
