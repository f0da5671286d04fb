package dev.paceline.draft.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.tokenizer.Tokenizer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jline.terminal.impl.ExternalTerminal;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTest {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final ChatSettings SETTINGS =
      new ChatSettings(SamplingParams.GREEDY, 16, List.of());

  private static final Pattern NEW_PROMPT = Pattern.compile("\n[^\n]*> ");

  @TempDir Path folder;

  private static Tokenizer tokenizer;

  @BeforeAll
  static void open() {
    tokenizer =
        Tokenizer.open(ModelRegistry.standard().pair(ModelRegistry.NANO).draft().directory());
  }

  @AfterAll
  static void close() {
    tokenizer.close();
  }

  /** What a conversation through pipes prints. */
  private static String piped(String... lines) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    String all = String.join("\n", lines) + "\n";
    ChatConsole console =
        new PipedConsole(
            new ByteArrayInputStream(all.getBytes(StandardCharsets.UTF_8)),
            new PrintStream(out, true, StandardCharsets.UTF_8));
    new Chat(new EchoText(tokenizer), console, SETTINGS).run();
    return out.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void theTextGrowsByTurns() {
    assertThat(piped("Once", "Twice", ""))
        .isEqualTo("<Once>\n<Once<Once>|Twice>\n<Once<Once>|Twice<Once<Once>|Twice>>\n");
  }

  @Test
  void anEmptyLineAtTheBeginningIsNothing() {
    assertThat(piped("", "Once")).isEqualTo("<Once>\n");
  }

  @Test
  void turnsAreTakenBackAndTextsBegunAnew() {
    assertThat(piped("Once", "Twice", "/undo", "/text")).endsWith("\nOnce<Once>\n");
    assertThat(piped("Once", "/undo", "/undo")).endsWith("nothing to take back\n");
    assertThat(piped("Once", "/new", "Twice")).endsWith("\n<Twice>\n");
    assertThat(piped("//slash")).isEqualTo("</slash>\n");
    assertThat(piped("Once", "/quit", "Twice")).isEqualTo("<Once>\n");
  }

  @Test
  void settingsAreChangedAndCheckedByName() {
    assertThat(piped("/set temperature 0.5", "/set seed 7", "/set max-tokens 3"))
        .endsWith("temperature 0.5, top-k 0, top-p 1.0, seed 7, max-tokens 3\n");
    assertThat(piped("/set temperature -1")).contains("temperature -1.0");
    assertThat(piped("/set temperature warm")).contains("'warm'");
    assertThat(piped("/set max-tokens 0")).contains("max-tokens 0");
    assertThat(piped("/set heat 1")).contains("'heat'");
    assertThat(piped("/set seed")).contains("/set NAME VALUE");
    assertThat(piped("/dance")).contains("'/dance'");
  }

  @Test
  void anAnswerThatFailsDoesNotEndTheConversation() {
    assertThat(piped("fail", "/new", "Once"))
        .contains("paceline: the server could not be reached any more\n")
        .endsWith("<Once>\n");
  }

  @Test
  void figuresOfTheLastAnswerAndOfAll() {
    String table = piped("Once", "Twice", "/stats");
    assertThat(table).containsPattern("output tokens +5 +10\n");
    assertThat(table).containsPattern("TTFT\\) +10.00 +10.00\n");
    assertThat(table).containsPattern("TPOT\\) +2.00 +2.00\n");
  }

  @Test
  void aTextLongerThanTheContextLosesItsBeginning() {
    RunningText text = new RunningText();
    text.begin("word ".repeat(200));
    assertThat(text.prompt(tokenizer, 64, 16)).hasSize(48);
    assertThat(text.prompt(tokenizer, 64, 900)).hasSize(32);
    assertThat(tokenizer.decode(text.prompt(tokenizer, 64, 16))).endsWith("word word ");
  }

  /** A terminal whose keys and screen are pipes. */
  private static final class Screen implements AutoCloseable {
    private final PipedOutputStream keys = new PipedOutputStream();
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    private final CompletableFuture<Void> ended;

    /** Where the screen ended when a key was last pressed. */
    private int typedAt;

    Screen(String type, boolean coloured, Path history) throws Exception {
      ExternalTerminal terminal =
          new ExternalTerminal(
              "test", type, new PipedInputStream(keys, 1024), shown, StandardCharsets.UTF_8);
      TerminalConsole.createHistory(history);
      TerminalConsole console = new TerminalConsole(terminal, coloured, history);
      ended =
          CompletableFuture.runAsync(
              () -> {
                try (console) {
                  new Chat(new EchoText(tokenizer), console, SETTINGS).run();
                }
              });
    }

    void type(String text) throws IOException {
      typedAt = shown.toString(StandardCharsets.UTF_8).length();
      keys.write(text.getBytes(StandardCharsets.UTF_8));
      keys.flush();
    }

    void await(String text) {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> shown.toString(StandardCharsets.UTF_8), screen -> screen.contains(text));
    }

    /** Waits for the prompt of a new line, as a person does: Ctrl-C has another meaning before. */
    void awaitPrompt() {
      Awaitility.await()
          .atMost(PATIENCE)
          .until(
              () -> shown.toString(StandardCharsets.UTF_8),
              screen -> NEW_PROMPT.matcher(screen.substring(typedAt)).find());
    }

    /** Ends as a person does. */
    @Override
    public void close() throws IOException {
      awaitPrompt();
      type("/quit\r");
      Awaitility.await().atMost(PATIENCE).until(ended::isDone);
      ended.join();
      keys.close();
    }
  }

  @Test
  void coloursTellWhereTextCameFrom() throws Exception {
    try (Screen screen = new Screen("ansi", true, folder.resolve("history"))) {
      screen.await("accepted draft tokens");
      screen.type("Once\r");
      screen.await("\033[35m<\033[32mOnce\033[35m>\033[0m");
    }
  }

  @Test
  void aDumbTerminalDoes() throws Exception {
    try (Screen screen = new Screen("dumb", false, folder.resolve("history"))) {
      screen.type("Once\r");
      screen.await("<Once>");
      assertThat(screen.shown.toString(StandardCharsets.UTF_8)).doesNotContain("\033[3");
    }
  }

  @Test
  void controlCStopsTheAnswerAndNotTheProgram() throws Exception {
    try (Screen screen = new Screen("ansi", false, folder.resolve("history"))) {
      screen.type("forever\r");
      screen.await("and ever");
      screen.type("\003");
      screen.await("(stopped)");
      screen.type("not \"done\r");
      screen.await("<forever and ever|not \"done>");
      screen.awaitPrompt();
      screen.type("half a line");
      screen.await("> half a line");
      screen.type("\003");
      screen.awaitPrompt();
      screen.type("/new\rwhole\r");
      screen.await("<whole>");
      screen.awaitPrompt();
      screen.type("\003");
      screen.await("/quit or Ctrl-D");
    }
  }

  @Test
  void linesAreEditedAndRememberedForTheirOwnerOnly() throws Exception {
    Path history = folder.resolve("state").resolve("chat");
    try (Screen screen = new Screen("ansi", false, history)) {
      screen.type("Onze\b\bce\r");
      screen.await("<Once>");
    }
    assertThat(Files.readString(history)).contains("Once");
    if (history.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
          .isEqualTo("rw-------");
    }
    try (Screen again = new Screen("ansi", false, history)) {
      again.type("\020\020 more\r");
      again.await("<Once more>");
    }
  }

  @Test
  void controlDEnds() throws Exception {
    Screen screen = new Screen("ansi", false, folder.resolve("history"));
    screen.await("> ");
    screen.type("\004");
    screen.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
