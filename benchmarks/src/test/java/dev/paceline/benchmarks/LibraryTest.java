package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.draft.api.TextClient;
import dev.paceline.draft.api.TextOptions;
import dev.paceline.draft.api.TextPiece;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.stream.Collectors;
import javax.tools.ToolProvider;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Paceline as a library, with its example from the README. */
class LibraryTest {
  private static final String PROMPT = "The captain";
  private static final SamplingParams SAMPLING = new SamplingParams(0.7f, 0, 1f, 3);
  private static final TextOptions OPTIONS =
      TextOptions.DEFAULT.withMaxTokens(40).withSampling(SAMPLING);

  @TempDir static Path folder;

  private static BuiltInPair pair;
  private static TextClient client;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(1);
    client = TextClient.open("127.0.0.1:" + pair.port(), "paceline-nano");
  }

  @AfterAll
  static void stop() {
    client.close();
    pair.close();
  }

  @Test
  void theExampleOfTheReadmeWritesTheTargetsText() throws Exception {
    Path source = Files.writeString(folder.resolve("Example.java"), example());
    String classPath = System.getProperty("java.class.path");
    ByteArrayOutputStream complaints = new ByteArrayOutputStream();
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                complaints,
                complaints,
                "-proc:none",
                "-d",
                folder.toString(),
                "-cp",
                classPath,
                source.toString());
    assertThat(failed).as(complaints.toString(StandardCharsets.UTF_8)).isZero();
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream out = System.out;
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {folder.toUri().toURL()}, LibraryTest.class.getClassLoader())) {
      System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {"127.0.0.1:" + pair.port()});
    } finally {
      System.setOut(out);
    }
    assertThat(said.toString(StandardCharsets.UTF_8))
        .isEqualTo(alone(PROMPT) + System.lineSeparator() + alone("def merge_sort(items):"));
  }

  @Test
  void aCallbackGetsTheTextInPieces() throws Exception {
    List<TextPiece> pieces = new ArrayList<>();
    String text = client.write(PROMPT, OPTIONS, pieces::add);
    assertThat(text).isEqualTo(alone(PROMPT));
    assertThat(joined(pieces)).isEqualTo(text);
    assertThat(pieces)
        .extracting(TextPiece::from)
        .contains(Provenance.TARGET)
        .doesNotContain(Provenance.DRAFT_ONLY);
  }

  @Test
  void aSubscriberGetsNoMoreThanItAsksFor() {
    Collecting subscriber = new Collecting();
    client.publish(PROMPT, OPTIONS).subscribe(subscriber);
    subscriber.subscription.join().request(3);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> subscriber.pieces.size() == 3);
    // The text is complete long before; nothing more may come of it.
    pair.assertFree(1);
    assertThat(subscriber.pieces).hasSize(3);
    assertThat(subscriber.end).isNotDone();
    subscriber.subscription.join().request(Long.MAX_VALUE);
    assertThat(subscriber.end.join()).isEqualTo("complete");
    assertThat(joined(subscriber.pieces)).isEqualTo(alone(PROMPT));
  }

  @Test
  void cancellingFreesTheServer() {
    Collecting subscriber = new Collecting();
    client.publish(PROMPT, OPTIONS.withMaxTokens(450)).subscribe(subscriber);
    subscriber.subscription.join().request(1);
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !subscriber.pieces.isEmpty());
    subscriber.subscription.join().cancel();
    pair.assertFree(1);
    subscriber.subscription.join().request(5);
    assertThat(subscriber.pieces).hasSize(1);
    assertThat(subscriber.end).isNotDone();
  }

  @Test
  void aRequestForNothingIsAnError() {
    Collecting subscriber = new Collecting();
    client.publish(PROMPT, OPTIONS).subscribe(subscriber);
    subscriber.subscription.join().request(0);
    assertThat(subscriber.end.join()).contains("request of 0 is not positive");
    pair.assertFree(1);
  }

  @Test
  void mistakesAndLostServersSaySo() throws Exception {
    assertThatThrownBy(() -> client.write("", OPTIONS, piece -> {}))
        .isInstanceOf(UserError.class)
        .hasMessage("the prompt is empty");
    Collecting empty = new Collecting();
    client.publish("", OPTIONS).subscribe(empty);
    assertThat(empty.end.join()).contains("the prompt is empty");
    try (LoopbackProxy proxy = new LoopbackProxy(pair.port());
        TextClient lost = TextClient.open("127.0.0.1:" + proxy.port(), "paceline-nano")) {
      proxy.targetNobody();
      proxy.cut();
      DraftOptions impatient = OPTIONS.drafting().withGiveUp(1_000_000_000L);
      Collecting subscriber = new Collecting();
      lost.publish(PROMPT, OPTIONS.withDrafting(impatient)).subscribe(subscriber);
      assertThat(subscriber.end.join()).contains("gave up after 1 s without a server");
    }
  }

  /** The Java of the README. */
  private static String example() throws Exception {
    String readme = Files.readString(root().resolve("README.md"));
    int start = readme.indexOf("```java\n") + "```java\n".length();
    String example = readme.substring(start, readme.indexOf("\n```", start));
    assertThat(example).contains("class Example");
    return example;
  }

  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("paceline")) ? here : here.resolve("..").normalize();
  }

  private static String alone(String prompt) {
    return pair.tokenizer.decode(pair.targetAlone(pair.tokenizer.encode(prompt), SAMPLING, 40));
  }

  private static String joined(List<TextPiece> pieces) {
    return pieces.stream().map(TextPiece::text).collect(Collectors.joining());
  }

  private static final class Collecting implements Flow.Subscriber<TextPiece> {
    final CompletableFuture<Flow.Subscription> subscription = new CompletableFuture<>();
    final CompletableFuture<String> end = new CompletableFuture<>();
    final List<TextPiece> pieces = new CopyOnWriteArrayList<>();

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.complete(given);
    }

    @Override
    public void onNext(TextPiece piece) {
      pieces.add(piece);
    }

    @Override
    public void onError(Throwable error) {
      end.complete(String.valueOf(error.getMessage()));
    }

    @Override
    public void onComplete() {
      end.complete("complete");
    }
  }
}
