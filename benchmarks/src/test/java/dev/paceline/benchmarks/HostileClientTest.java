package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.wire.Protocol;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.v1.ClientFrame;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.Sampling;
import dev.paceline.v1.ServerFrame;
import dev.paceline.v1.Verification;
import io.grpc.Status;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Clients that break the protocol in every way that the wire lets through. The server answers each
 * with a status and one sentence, goes on serving, and a well-behaved session that runs at the same
 * time does not notice.
 */
class HostileClientTest {
  private static final int SLOTS = 3;
  private static final int TOKENS = 24;
  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 0.95f, 5);

  private static BuiltInPair pair;
  private static DraftClient wellBehaved;
  private static List<int[]> prompts;
  private static List<int[]> expected;

  private final AtomicBoolean attackOver = new AtomicBoolean();
  private final ExecutorService executor = Executors.newSingleThreadExecutor();
  private Future<Integer> bystander;
  private RawClient hostile;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(SLOTS);
    wellBehaved = pair.client();
    prompts = pair.prompts().subList(0, 4);
    expected = new ArrayList<>();
    for (int[] prompt : prompts) {
      expected.add(pair.targetAlone(prompt, SAMPLING, TOKENS));
    }
  }

  @AfterAll
  static void stop() {
    wellBehaved.close();
    pair.close();
  }

  @BeforeEach
  void startTheBystander() {
    hostile = new RawClient(pair.port());
    bystander = executor.submit(this::decodeUntilTheAttackIsOver);
  }

  @AfterEach
  void nobodyNoticed() throws Exception {
    attackOver.set(true);
    assertThat(bystander.get()).as("generations next to the attack").isPositive();
    hostile.close();
    executor.shutdown();
    pair.assertFree(SLOTS);
  }

  private int decodeUntilTheAttackIsOver() throws InterruptedException {
    int done = 0;
    do {
      int i = done % prompts.size();
      DecodeMode mode = DecodeMode.values()[done % 3];
      var result = pair.generate(wellBehaved, pair.open(prompts.get(i), mode, SAMPLING, TOKENS), 5);
      assertThat(result.output())
          .as("prompt %d, %s: %s", i, mode, result.outcome().sentence())
          .isEqualTo(expected.get(i));
      done++;
    } while (!attackOver.get());
    return done;
  }

  @Test
  void aRequestOutsideTheProtocolIsRefusedWithItsValue() {
    refused(valid().setProtocolVersion(2), "version 2");
    refused(valid().setProtocolVersion(-1), "version 4294967295");
    refused(valid().setModelId("gpt-5"), "gpt-5");
    refused(valid().setModelId("x".repeat(100_000)), "100000");
    refused(valid().setModelId("a\nb"), "control character");
    refused(valid().setSessionId("s".repeat(65)), "65");
    refused(valid().setTokenizerFingerprint(ByteString.copyFrom(new byte[31])), "31 bytes");
    refused(valid().setTokenizerFingerprint(ByteString.copyFrom(new byte[32])), "000000000000");
    refused(valid().setModeValue(77), "77");
    refused(valid().setModeValue(-5), "-5");
    Open.Builder drafted = valid().setMode(Mode.MODE_SERVER_ONLY);
    refused(drafted.setVerification(Verification.VERIFICATION_PAPER), "verification paper");
    refused(valid().setVerificationValue(-9), "verification -9");
    refused(valid().setMaxTokens(0), "max tokens 0");
    refused(valid().setMaxTokens(-1), "4294967295");
    refused(valid().clearPromptIds(), "no tokens");
    refused(valid().addPromptIds(-1), "-1");
    refused(valid().addPromptIds(4096), "4096");
    refused(valid().addPromptIds(Integer.MIN_VALUE), "-2147483648");
    refused(valid().addResumeIds(Integer.MAX_VALUE), "2147483647");
    refused(valid().addStopIds(-7), "-7");
    refused(valid().addAllStopIds(many(65)), "65");
    refused(valid().addAllPromptIds(many(5000)), "5003 tokens");
    refused(valid().addAllResumeIds(many(5000)), "5000");
    refused(valid().setSampling(Sampling.newBuilder().setTemperature(Float.NaN)), "NaN");
    refused(valid().setSampling(Sampling.newBuilder().setTemperature(-1)), "-1");
    refused(valid().setSampling(Sampling.newBuilder().setTopK(-3)), "-3");
    refused(valid().setSampling(Sampling.newBuilder().setTopP(Float.POSITIVE_INFINITY)), "Inf");
  }

  @Test
  void framesOutOfOrderAreRefused() {
    ClientFrame open = RawClient.frame(valid());
    refused(hostile.statusOf(RawClient.draft(0, 3, 4)), "draft");
    refused(hostile.statusOf(RawClient.cancel()), "cancel");
    refused(hostile.statusOf(ClientFrame.getDefaultInstance()), "kind");
    refused(hostile.statusOf(open, open), "second");
    RawClient.Call silent = hostile.call();
    silent.halfClose();
    refused(silent.status(), "without an open");
  }

  @Test
  void draftsOutsideTheProtocolAreRefusedWithTheirValue() {
    ClientFrame open = RawClient.frame(valid().setMaxTokens(500));
    refused(hostile.statusOf(open, RawClient.draft(-1, 3, 4)), "4294967295");
    refused(hostile.statusOf(open, RawClient.draft(Integer.MIN_VALUE, 3, 4)), "2147483648");
    refused(hostile.statusOf(open, RawClient.draft(Integer.MAX_VALUE, 0, 4)), "2147483647");
    refused(hostile.statusOf(open, RawClient.draft(0, -1, 4)), "4294967295");
    refused(hostile.statusOf(open, RawClient.draft(0, Integer.MIN_VALUE, 4)), "2147483648");
    refused(hostile.statusOf(open, RawClient.draft(0, Integer.MAX_VALUE, 4)), "2147483647");
    refused(hostile.statusOf(open, RawClient.draft(0, 3, 4096)), "4096");
    refused(hostile.statusOf(open, RawClient.draft(0, 3, -1)), "-1");
    refused(hostile.statusOf(open, RawClient.draft(0, 3, new int[1025])), "1025");
  }

  @Test
  void anOversizedFrameIsRefusedWithItsSize() {
    Open.Builder huge = valid().addAllPromptIds(many(Protocol.MAX_FRAME_BYTES));
    Status status = hostile.statusOf(RawClient.frame(huge));
    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
    sentence(status, String.valueOf(Protocol.MAX_FRAME_BYTES));
  }

  @Test
  void bytesThatAreNoFrameAreRefused() {
    refused(hostile.statusOfBytes(new byte[] {-1, -1, -1, -1, -1}), "not a frame");
    refused(hostile.statusOfBytes(new byte[] {10, 127, 8, 1}), "not a frame");
    refused(hostile.statusOfBytes(new byte[] {10, 5, 18, 3, -1, -2, -3}), "not a frame");
    refused(hostile.statusOfBytes(new byte[0]), "kind");
    refused(hostile.statusOfBytes(new byte[] {0x52, 0}), "kind");
  }

  /** Everything that may be said, said wildly: the output is the target's all the same. */
  @Test
  void wildDraftsChangeNoToken() {
    Random random = new Random(1);
    int[] prompt = prompts.get(1);
    int[] alone = expected.get(1);
    for (Mode mode : List.of(Mode.MODE_STREAM, Mode.MODE_SERVER_ONLY)) {
      RawClient.Call call = hostile.call();
      call.send(
          RawClient.frame(
              RawClient.request(prompt, mode, TOKENS)
                  .setSampling(Sampling.newBuilder().setTemperature(1).setTopP(0.95f).setSeed(5))));
      for (int i = 0; i < 150; i++) {
        int epoch = random.nextInt(8) == 0 ? random.nextInt(1 << 20) : random.nextInt(40);
        int position = random.nextInt(prompt.length + 2 * TOKENS);
        int[] ids = random.ints(random.nextInt(80), 0, 4096).toArray();
        call.send(RawClient.draft(epoch, position, ids));
      }
      assertThat(call.status().isOk()).as("%s", call.status()).isTrue();
      assertThat(call.output()).isEqualTo(alone);
    }
  }

  /** More than the server takes: the stream may end with a retry, its output stays the target's. */
  @Test
  void aFloodOfDraftsEndsItsOwnStreamAtMost() {
    int[] ids = new int[60];
    ClientFrame wild = RawClient.draft(0, prompts.get(1).length, ids);
    RawClient.Call call = hostile.call();
    call.send(RawClient.frame(RawClient.request(prompts.get(1), Mode.MODE_STREAM, 400)));
    for (int i = 0; i < 20_000; i++) {
      call.send(wild);
    }
    Status status = call.status();
    assertThat(status.getCode()).isIn(Status.Code.OK, Status.Code.RESOURCE_EXHAUSTED);
    if (!status.isOk()) {
      sentence(status, "");
    }
    int[] alone = pair.targetAlone(prompts.get(1), SamplingParams.GREEDY, 400);
    int[] output = call.output();
    assertThat(output).isEqualTo(Arrays.copyOf(alone, output.length));
  }

  @Test
  void clientsThatNeverReadHoldNobodyUp() {
    List<RawClient> connections = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      RawClient connection = new RawClient(pair.port());
      connections.add(connection);
      for (int k = 0; k < 4; k++) {
        connection.deafCall().send(RawClient.frame(valid().setMaxTokens(60)));
      }
    }
    // The server is done with all of them, or this one would wait for a slot for ever.
    served();
    connections.forEach(RawClient::close);
  }

  @Test
  void streamsThatAreResetAtOnceLeaveNothingBehind() {
    for (int i = 0; i < 200; i++) {
      RawClient.Call call = hostile.call();
      if (i % 3 > 0) {
        call.send(RawClient.frame(valid().setMaxTokens(500)));
      }
      if (i % 3 > 1) {
        call.send(RawClient.draft(0, 3, 1, 2, 3));
      }
      call.reset();
    }
    served();
  }

  @Test
  void aClientThatSaysNothingMoreStillHearsItsOutput() {
    RawClient.Call call = hostile.call().send(RawClient.frame(valid()));
    call.halfClose();
    assertThat(call.status().isOk()).isTrue();
    assertThat(call.output()).hasSize(4);
  }

  @Test
  void aSyncClientThatSaysNothingMoreDoesNotKeepItsSlot() {
    RawClient.Call call = hostile.call().send(RawClient.frame(valid().setMode(Mode.MODE_SYNC)));
    call.halfClose();
    refused(call.status(), "sync");
  }

  @Test
  void bytesThatAreNoProtocolCloseTheirOwnConnectionOnly() throws IOException {
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes("US-ASCII");
    Random random = new Random(2);
    for (int i = 0; i < 40; i++) {
      byte[] garbage = new byte[1 + random.nextInt(4000)];
      random.nextBytes(garbage);
      try (Socket socket = new Socket("127.0.0.1", pair.port())) {
        if (i % 2 == 1) {
          socket.getOutputStream().write(preface);
        }
        socket.getOutputStream().write(garbage);
        socket.getOutputStream().flush();
      } catch (IOException e) {
        // The server may hang up while the garbage is on its way.
        assertThat(e).hasMessageMatching("(?i).*(reset|broken pipe|aborted).*");
      }
    }
    // Half-open: connected and silent, until the test ends.
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      silent.add(new Socket("127.0.0.1", pair.port()));
    }
    RawClient.Call call = hostile.call().send(RawClient.frame(valid()));
    call.await(ServerFrame::hasFinished);
    for (Socket socket : silent) {
      socket.close();
    }
  }

  /** A good request is served; while the queue is full it is told to come again. */
  private void served() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(hostile.statusOf(RawClient.frame(valid()))).matches(Status::isOk));
  }

  private static Open.Builder valid() {
    return RawClient.request(new int[] {5, 6, 7}, Mode.MODE_STREAM, 4);
  }

  private static List<Integer> many(int count) {
    Integer[] ids = new Integer[count];
    Arrays.fill(ids, 9);
    return List.of(ids);
  }

  private void refused(Open.Builder open, String value) {
    refused(hostile.statusOf(RawClient.frame(open)), value);
  }

  private static void refused(Status status, String value) {
    assertThat(status.getCode()).as("%s", status).isEqualTo(Status.Code.INVALID_ARGUMENT);
    sentence(status, value);
  }

  private static void sentence(Status status, String value) {
    assertThat(status.getDescription())
        .contains(value)
        .doesNotContain("\n", "Exception", "\tat ")
        .hasSizeLessThan(300);
  }
}
