package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.DescribeRequest;
import dev.paceline.v1.DescribeResponse;
import dev.paceline.v1.Finished;
import dev.paceline.v1.Limits;
import dev.paceline.v1.Opened;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.SpeculationGrpc;
import dev.paceline.v1.Verdict;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a person can get wrong at the command line of {@code serve}, {@code generate} and {@code
 * demo}: one sentence that names it, and an exit status that says so.
 */
class WrongInputTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static BuiltInPair pair;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(1);
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  @Test
  void modelsThatAreNotThere() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    for (String model : List.of("no-such-model", folder.resolve("missing").toString())) {
      wrong(List.of("serve", "--model", model, "--port", "0"), model);
      wrong(generate("--model", model), model);
      wrong(List.of("demo", "--model", model), model);
      wrong(List.of("demo", "--draft-model", model), model);
    }
    wrong(List.of("serve", "--model", empty.toString(), "--port", "0"), "empty");
    wrong(generate("--model", empty.toString()), "empty");
    wrong(List.of("serve", "--model", "openai-community/gpt2-none", "--port", "0"), "gpt2-none");
  }

  @Test
  void numbersOutOfRange() {
    List<List<String>> both =
        List.of(
            List.of("--max-tokens", "0"),
            List.of("--max-tokens", "-4"),
            List.of("--max-tokens", "many"),
            List.of("--max-tokens", "99999999999"),
            List.of("--temperature", "-1"),
            List.of("--temperature", "NaN"),
            List.of("--temperature", "warm"),
            List.of("--top-k", "-1"),
            List.of("--top-p", "0"),
            List.of("--top-p", "1.5"),
            List.of("--window", "0"),
            List.of("--window", "wide"),
            List.of("--seed", "one"),
            List.of("--threads", "-1"),
            List.of("--decode", "fly"),
            List.of("--verify", "twice"),
            List.of("--precision", "fp99"));
    for (List<String> option : both) {
      wrong(generate(option.toArray(String[]::new)), option.get(1));
      List<String> demo = new ArrayList<>(List.of("demo"));
      demo.addAll(option);
      wrong(demo, option.get(1));
    }
    List<List<String>> serving =
        List.of(
            List.of("--port", "70000"),
            List.of("--port", "-1"),
            List.of("--slots", "0"),
            List.of("--slots", "-1"),
            List.of("--slots", "few"),
            List.of("--ctx-size", "-5"),
            List.of("--row-budget", "0"),
            List.of("--prefill-chunk", "-2"),
            List.of("--max-window", "0"),
            List.of("--threads", "-3"),
            List.of("--precision", "fp99"),
            List.of("--device", "toaster"),
            List.of("--device", "cuda:x"),
            List.of("--device", "cuda:99999999999"),
            List.of("--device", "cuda:"));
    for (List<String> option : serving) {
      List<String> serve = new ArrayList<>(List.of("serve", "--model", "paceline-nano"));
      if (!option.get(0).equals("--port")) {
        serve.addAll(List.of("--port", "0"));
      }
      serve.addAll(option);
      wrong(serve, option.get(1));
    }
  }

  @Test
  void requestsThatMissSomething() {
    wrong(List.of("generate", "--model", "paceline-nano", "--prompt", "Once"), "--server");
    wrong(List.of("generate", "--prompt", "Once", "--server", server()), "--model");
    wrong(List.of("generate", "--model", "paceline-nano", "--server", server()), "--prompt");
    wrong(List.of("serve", "--port", "0"), "--model");
    wrong(List.of("serve", "--model", "paceline-nano", "--fast"), "--fast");
    wrong(generate("--prompt", ""), "--prompt");
    wrong(generate("--prompt-file", "some.txt"), "--prompt-file");
    wrong(generate("--jsonl", "some.jsonl"), "--jsonl");
    for (String option : List.of("--prompt-file", "--jsonl")) {
      String missing = folder.resolve("none.txt").toString();
      List<String> line = List.of("generate", "--model", "paceline-nano", option, missing);
      wrong(line, "none.txt");
    }
    wrong(generate("--stop", ""), "--stop");
    wrong(List.of("demo", "--prompt", ""), "--prompt");
  }

  @Test
  void addressesThatAreNone() {
    for (String address : List.of("nowhere", "host:99999", "host:", ":", "host:-1", "host:http")) {
      wrong(generate("--server", address), address);
    }
  }

  @Test
  void aServerThatIsNotThere() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    wrong(generate("--server", "127.0.0.1:" + free), "127.0.0.1:" + free);
    wrong(generate("--server", "no-such-host.invalid:7411"), "no-such-host.invalid:7411");
  }

  @Test
  void twoServersOnOnePort() {
    String port = String.valueOf(pair.port());
    wrong(List.of("serve", "--model", "paceline-nano", "--port", port), "in use");
  }

  @Test
  void promptsLongerThanTheContext() {
    String prompt = "many words ".repeat(2000);
    wrong(generate("--prompt", prompt), "tokens");
    wrong(generate("--prompt", prompt, "--decode", "device-only"), "tokens");
    wrong(List.of("demo", "--prompt", prompt), "tokens");
  }

  @Test
  void rulesThatHaveNothingToJudge() {
    for (String mode : List.of("server-only", "colocated", "device-only")) {
      wrong(generate("--decode", mode, "--verify", "residual"), mode);
      wrong(List.of("demo", "--decode", mode, "--verify", "paper"), mode);
    }
  }

  @Test
  void aTokenizerThatDoesNotMatch() throws Exception {
    Path gpt2 = folder.resolve("tiny-gpt2");
    CommandLine.Ending synth =
        CommandLine.run(
            "",
            List.of(
                "models",
                "synth",
                "--layers",
                "1",
                "--heads",
                "2",
                "--width",
                "16",
                "--out",
                gpt2.toString()));
    assertThat(synth.status()).as(synth.err()).isZero();
    for (String mode : List.of("stream", "server-only")) {
      wrong(generate("--model", gpt2.toString(), "--decode", mode), "tokenizer");
    }
    wrong(List.of("demo", "--draft-model", gpt2.toString()), "tokenizer");
    List<String> serve = List.of("serve", "--model", "paceline-nano", "--port", "0");
    List<String> both = new ArrayList<>(serve);
    both.addAll(List.of("--draft-model", gpt2.toString()));
    wrong(both, "the tokenizer of draft model 'tiny-gpt2'");
  }

  @Test
  void aPortThatSpeaksSomethingElse() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Thread thread =
          new Thread(
              () -> {
                while (!socket.isClosed()) {
                  try (Socket client = socket.accept()) {
                    client
                        .getOutputStream()
                        .write(
                            "HTTP/1.1 418 I'm a teapot\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                  } catch (IOException e) {
                    // The client hung up, or the test is over.
                  }
                }
              },
              "teapot");
      thread.setDaemon(true);
      thread.start();
      String address = "127.0.0.1:" + socket.getLocalPort();
      wrong(generate("--server", address), address);
    }
    Server other = NettyServerBuilder.forPort(0).build().start();
    wrong(generate("--server", "127.0.0.1:" + other.getPort()), "127.0.0.1:" + other.getPort());
    other.shutdownNow();
  }

  @Test
  void aServerThatAnswersNonsense() throws Exception {
    Opened opened =
        Opened.newBuilder()
            .setLimits(Limits.newBuilder().setContextLength(512).setMaxWindow(8).setMaxTokens(512))
            .build();
    Verdict verdict = Verdict.newBuilder().setFirstPosition(3).addOutputIds(9).build();
    List<ServerFrame> nonsense =
        List.of(
            frame(opened.toBuilder().clearLimits().build()),
            frame(opened.toBuilder().setEpoch(-3).build()),
            frame(opened.toBuilder().setCachedPrefix(-3).build()),
            frame(verdict.toBuilder().addOutputIds(4096).build()),
            frame(verdict.toBuilder().addOutputIds(-1).build()),
            frame(verdict.toBuilder().setFirstPosition(-7).build()),
            frame(verdict.toBuilder().setFirstPosition(400).build()),
            frame(verdict.toBuilder().setAccepted(-1).build()),
            frame(verdict.toBuilder().setAccepted(5).build()),
            frame(verdict.toBuilder().setEpoch(-1).build()),
            ServerFrame.newBuilder().setFinished(Finished.newBuilder()).build(),
            ServerFrame.newBuilder()
                .setFinished(Finished.newBuilder().setReasonValue(2).setOutputTokens(-5))
                .build());
    AtomicInteger turn = new AtomicInteger();
    SpeculationGrpc.SpeculationImplBase liar =
        new SpeculationGrpc.SpeculationImplBase() {
          @Override
          public StreamObserver<ClientFrame> decode(StreamObserver<ServerFrame> responses) {
            ServerFrame answer = nonsense.get(turn.get());
            return new StreamObserver<>() {
              @Override
              public void onNext(ClientFrame frame) {
                if (frame.hasOpen()) {
                  if (!answer.hasOpened()) {
                    responses.onNext(frame(opened));
                  }
                  responses.onNext(answer);
                }
              }

              @Override
              public void onError(Throwable cause) {
                // The client left, as it should.
              }

              @Override
              public void onCompleted() {
                responses.onCompleted();
              }
            };
          }

          @Override
          public void describe(
              DescribeRequest request, StreamObserver<DescribeResponse> responses) {
            responses.onNext(
                DescribeResponse.newBuilder()
                    .setProtocolVersion(1)
                    .setTokenizerFingerprint(ByteString.copyFrom(new byte[32]))
                    .setLimits(opened.getLimits())
                    .build());
            responses.onCompleted();
          }
        };
    Server server = NettyServerBuilder.forPort(0).addService(liar).build().start();
    String address = "127.0.0.1:" + server.getPort();
    for (int i = 0; i < nonsense.size(); i++) {
      turn.set(i);
      wrong(generate("--server", address, "--decode", "server-only"), "server");
    }
    server.shutdownNow();
  }

  private static ServerFrame frame(Opened opened) {
    return ServerFrame.newBuilder().setOpened(opened).build();
  }

  private static ServerFrame frame(Verdict verdict) {
    return ServerFrame.newBuilder().setVerdict(verdict).build();
  }

  @Test
  void linkAndBattery() {
    for (List<String> option :
        List.of(
            List.of("--keep-alive", "9"),
            List.of("--keep-alive", "soon"),
            List.of("--give-up", "0"),
            List.of("--give-up", "-1"),
            List.of("--battery", "full"),
            List.of("--battery", "101"),
            List.of("--offline", "maybe"))) {
      wrong(generate(option.toArray(String[]::new)), option.get(1));
    }
    wrong(List.of("serve", "--model", "paceline-nano", "--port", "0", "--keep-alive", "0"), "0");
  }

  private static String server() {
    return "127.0.0.1:" + pair.port();
  }

  /** A command line that is right but for the given options. */
  private static List<String> generate(String... options) {
    List<String> given = List.of(options);
    List<String> line = new ArrayList<>(List.of("generate"));
    List<String> defaults =
        List.of("--model", "paceline-nano", "--prompt", "Once upon", "--server", server());
    for (int i = 0; i < defaults.size(); i += 2) {
      if (!given.contains(defaults.get(i))) {
        line.addAll(defaults.subList(i, i + 2));
      }
    }
    line.addAll(given);
    return line;
  }

  private static void wrong(List<String> line, String named) {
    CommandLine.Ending ending =
        assertTimeoutPreemptively(
            PATIENCE, () -> CommandLine.run("", line), () -> "does not end: " + line);
    assertThat(ending.status()).as("%s: %s", line, ending.err()).isBetween(1, 2);
    assertThat(ending.err())
        .as("%s", line)
        .contains(named)
        .doesNotContain("Exception", "\tat ")
        .hasSizeLessThan(500);
    assertThat(ending.err().strip().lines()).as("%s: %s", line, ending).hasSize(1);
  }
}
