package dev.paceline.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.JsonFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static final Path RESOURCES = Path.of("src/main/resources/dev/paceline/models");
  private static final Path NANO = RESOURCES.resolve("builtin");
  private static Tokenizer nano;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    nano = Tokenizer.open(NANO);
  }

  @AfterAll
  static void close() {
    nano.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "The captain walked slowly along the deck and",
        "def f(x):\n\treturn x  # tab\r\n",
        "naïve café — “quotes”…",
        "日本語のテキスト、中文，한국어",
        "👩‍👩‍👧‍👦 🏳️‍🌈 🤗",
        "null \0 byte and \u0001 control",
        "text with <|endoftext|> in it",
        "  leading and trailing  ",
        "\uFEFFbyte order mark",
      })
  void anyTextSurvives(String text) {
    assertThat(nano.decode(nano.encode(text))).isEqualTo(text);
  }

  @Test
  void randomTextSurvives() {
    Random random = new Random(7);
    for (int n = 0; n < 300; n++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(40); i >= 0; i--) {
        int plane = new int[] {0x80, 0x800, 0x10000, 0x110000}[random.nextInt(4)];
        int c = random.nextInt(plane);
        text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
      }
      assertThat(nano.decode(nano.encode(text.toString()))).isEqualTo(text.toString());
    }
  }

  @Test
  void loneSurrogatesBecomeReplacementCharacters() {
    assertThat(nano.decode(nano.encode("a\uD83Db\uDE00c\uD83D")))
        .isEqualTo("a\uFFFDb\uFFFDc\uFFFD");
  }

  @Test
  void longTextIsNotTruncated() {
    String text = "word ".repeat(20_000);
    assertThat(nano.decode(nano.encode(text))).isEqualTo(text);
  }

  @Test
  void streamingNeverShowsHalfACharacterAndLosesNothing() {
    String text = "naïve 日本語 👩‍👩‍👧‍👦 end";
    StreamingDecoder decoder = nano.streamingDecoder();
    StringBuilder shown = new StringBuilder();
    for (int id : nano.encode(text)) {
      String piece = decoder.append(id);
      assertThat(piece).doesNotContain("\uFFFD");
      shown.append(piece);
      assertThat(text).startsWith(shown.toString());
    }
    assertThat(decoder.flush()).isEmpty();
    assertThat(shown).hasToString(text);
  }

  @Test
  void streamingEqualsDecodingForAnyIds() {
    Random random = new Random(11);
    StreamingDecoder decoder = nano.streamingDecoder();
    for (int n = 0; n < 2000; n++) {
      int[] ids = random.ints(random.nextInt(30), -1, n % 2 == 0 ? 256 : 4200).toArray();
      StringBuilder shown = new StringBuilder();
      for (int id : ids) {
        shown.append(decoder.append(id));
      }
      assertThat(shown.append(decoder.flush())).hasToString(nano.decode(ids));
    }
  }

  @Test
  void anUnfinishedCharacterIsFlushedOnce() {
    int[] ids = nano.encode("漢");
    assertThat(ids.length).isGreaterThan(1);
    StreamingDecoder decoder = nano.streamingDecoder();
    assertThat(decoder.append(ids[0])).isEmpty();
    assertThat(decoder.flush()).isEqualTo("\uFFFD");
    assertThat(decoder.flush()).isEmpty();
    assertThat(decoder.append(nano.encode("a")[0])).isEqualTo("a");
  }

  @Test
  void gpt2FromItsTwoFiles() {
    CacheDirectory cache = new CacheDirectory(directory);
    try (Tokenizer gpt2 = Tokenizer.open(RESOURCES.resolve("gpt2-tokenizer"), cache)) {
      assertThat(gpt2.vocabSize()).isEqualTo(50257);
      assertThat(gpt2.eosToken()).isEqualTo(50256);
      // The ids that the documentation of HuggingFace transformers shows for this sentence.
      assertThat(gpt2.encode("Hello, my dog is cute"))
          .containsExactly(15496, 11, 616, 3290, 318, 13779);
      assertThat(gpt2.encode("<|endoftext|>")).containsExactly(50256);
    }
  }

  @Test
  void bothFormatsHaveOneFingerprint() throws IOException {
    ObjectNode json = JsonFiles.readObject(NANO.resolve("tokenizer.json"));
    Files.writeString(directory.resolve("vocab.json"), json.path("model").path("vocab").toString());
    StringBuilder merges = new StringBuilder("#version: 0.2\n");
    for (JsonNode merge : json.path("model").path("merges")) {
      merges.append(merge.get(0).asText()).append(' ').append(merge.get(1).asText()).append('\n');
    }
    Files.writeString(directory.resolve("merges.txt"), merges);
    String text = "The same ids, whichever files: 日本 🤗";
    try (Tokenizer made =
        Tokenizer.open(directory, new CacheDirectory(directory.resolve("cache")))) {
      assertThat(made.fingerprint()).isEqualTo(nano.fingerprint()).matches("[0-9a-f]{64}");
      assertThat(made.encode(text)).containsExactly(nano.encode(text));
    }
    Files.writeString(
        directory.resolve("merges.txt"),
        merges.substring(0, merges.lastIndexOf("\n", merges.length() - 2)));
    try (Tokenizer other =
        Tokenizer.open(directory, new CacheDirectory(directory.resolve("cache")))) {
      assertThat(other.fingerprint()).isNotEqualTo(nano.fingerprint());
    }
  }

  @Test
  void theModelMayHaveMoreIdsButNotFewer() {
    nano.requireFits(4096, "x");
    nano.requireFits(4224, "x");
    assertThat(nano.decode(4100)).isEmpty();
    assertThatThrownBy(() -> nano.requireFits(1024, "gpt2-tiny"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("ids up to 4095 but gpt2-tiny has a vocabulary of 1024");
  }

  @Test
  void wrongFilesAreNamed() throws IOException {
    refuses("has no tokenizer");
    write("tokenizer.json", "{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}");
    refuses("tokenizer.json has a model of type \"WordPiece\"");
    write("tokenizer.json", "{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}");
    refuses("is not a byte-level tokenizer");
    String level =
        "\"pre_tokenizer\":{\"type\":\"ByteLevel\"},\"decoder\":{\"type\":\"ByteLevel\"}";
    write(
        "tokenizer.json",
        "{" + level + ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":1,\"b\":1}}}");
    refuses("gives both 'a' and 'b' the id 1");
    write("tokenizer.json", "{" + level + ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":-1}}}");
    refuses("the id -1");
    write(
        "tokenizer.json",
        "{" + level + ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}");
    refuses("merges 'a b' but one of the three tokens");
    write(
        "tokenizer.json",
        "{" + level + ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"dropout\":7}}");
    refuses("tokenizer.json");
    write("tokenizer.json", "{");
    refuses("is not valid JSON");
    Files.delete(directory.resolve("tokenizer.json"));
    write("vocab.json", "{\"a\":\"b\"}");
    write("merges.txt", "");
    refuses("vocab.json gives token 'a' the id \"b\"");
  }

  private void write(String name, String text) throws IOException {
    Files.write(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private void refuses(String words) {
    assertThatThrownBy(
            () -> Tokenizer.open(directory, new CacheDirectory(directory.resolve("cache"))).close())
        .isInstanceOf(UserError.class)
        .hasMessageContaining(words);
  }
}
