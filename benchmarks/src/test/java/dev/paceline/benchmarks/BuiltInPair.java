package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.local.LocalTarget;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.ModelDrafter;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** The built-in pair, running: a server on loopback and what is needed to talk to it. */
final class BuiltInPair implements AutoCloseable {
  static final int[] NO_STOP = {};

  private final ModelRegistry.Pair pair = ModelRegistry.standard().pair(ModelRegistry.NANO);
  private final LocalTarget.Running server;
  private final LanguageModel alone;
  final Tokenizer tokenizer;

  BuiltInPair(int slots) {
    this(Map.of("slots", String.valueOf(slots)));
  }

  /**
   * @param options of {@code paceline serve}, without the dashes
   */
  BuiltInPair(Map<String, String> options) {
    server =
        ServiceLoader.load(LocalTarget.class)
            .findFirst()
            .orElseThrow()
            .start(ModelRegistry.NANO, options);
    tokenizer = Tokenizer.open(pair.target().directory());
    alone = load(pair.target());
  }

  private static LanguageModel load(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return LanguageModels.load(
          source.id(), checkpoint, LoadOptions.of(Precision.FP32).withThreads(1));
    }
  }

  int port() {
    return server.port();
  }

  DraftClient client() {
    return client(server.port());
  }

  /** A client that reaches the server through another port. */
  DraftClient client(int port) {
    return new DraftClient(
        new GrpcTransport("127.0.0.1:" + port, tokenizer.vocabSize()), drafter());
  }

  ModelDrafter drafter() {
    return new ModelDrafter(() -> load(pair.draft()));
  }

  /**
   * A text that the draft model has continued alone.
   *
   * @param output what there is of it already
   * @param maxTokens of the whole output
   * @return the whole output
   */
  int[] draftAfter(int[] prompt, int[] output, SamplingParams sampling, int maxTokens) {
    int[] text = IntStream.concat(IntStream.of(prompt), IntStream.of(output)).toArray();
    try (LanguageModel draft = load(pair.draft())) {
      int[] rest =
          SoloDecoder.decode(draft, text, sampling, maxTokens - output.length, NO_STOP, id -> {});
      return IntStream.concat(IntStream.of(output), IntStream.of(rest)).toArray();
    }
  }

  /** What the target writes with nobody else involved; call from one thread. */
  int[] targetAlone(int[] prompt, SamplingParams sampling, int maxTokens) {
    return SoloDecoder.decode(alone, prompt, sampling, maxTokens, NO_STOP, id -> {});
  }

  OpenFrame open(int[] prompt, DecodeMode mode, SamplingParams sampling, int maxTokens) {
    return open(prompt, mode, VerificationMode.COUPLED, sampling, maxTokens);
  }

  OpenFrame open(
      int[] prompt,
      DecodeMode mode,
      VerificationMode verification,
      SamplingParams sampling,
      int maxTokens) {
    return new OpenFrame(
        "",
        HexFormat.of().parseHex(tokenizer.fingerprint()),
        prompt,
        new int[0],
        sampling,
        maxTokens,
        NO_STOP,
        mode,
        verification,
        "test");
  }

  /** One generation, start to end. */
  Result generate(DraftClient client, OpenFrame open, int window) throws InterruptedException {
    return generate(client, open, DraftOptions.withWindow(window));
  }

  Result generate(DraftClient client, OpenFrame open, DraftOptions options)
      throws InterruptedException {
    OutputCollector collector = new OutputCollector(run -> {});
    client.generate(open, options, collector);
    DraftOutcome outcome = collector.await();
    return new Result(collector.output(), outcome);
  }

  /**
   * Takes every slot at once and gives it back, which works only if no earlier session still has
   * one.
   */
  void assertFree(int slots) {
    // The last resets may still be on their way, and the queue full of them.
    Awaitility.await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> takeEverySlot(slots));
  }

  private void takeEverySlot(int slots) {
    try (RawClient client = new RawClient(port())) {
      List<RawClient.Call> calls = new ArrayList<>();
      for (int i = 0; i < slots; i++) {
        Open.Builder open = RawClient.request(new int[] {7 + i, 8, 9}, Mode.MODE_SYNC, 4);
        calls.add(client.call().send(RawClient.frame(open)));
      }
      calls.forEach(RawClient.Call::awaitOpened);
      calls.forEach(call -> call.send(RawClient.cancel()));
      calls.forEach(call -> assertThat(call.status().isOk()).isTrue());
    }
  }

  record Result(int[] output, DraftOutcome outcome) {}

  /** Prompts of both kinds that the pair was trained on, of different lengths. */
  List<int[]> prompts() {
    String[] texts = {
      "The captain walked slowly along the deck and",
      "def merge_sort(items):",
      "\"I do not believe a word of it,\" said",
      "import math\n\n\ndef distance(a, b):\n    \"\"\"",
      "It was a cold, clear morning in",
      "class Stack:\n    def __init__(self) -> None:\n",
      "She had never seen the sea before, and when",
      "for i in range(len(array)):\n    if array[i] >",
      "Chapter I.\n\n",
      "    while left < right:\n        mid =",
      "Nothing could be more",
      "if __name__ == \"__main__\":\n    import doctest\n",
      "The old man looked at the letter for a long time before he",
      "def fibonacci(n: int) -> int:\n",
      "My dear Watson, you",
      "    raise ValueError(\"",
      "At the end of the street there stood a",
      "from collections import",
      "He laughed, and the",
      "    >>> add(1, 2)\n    3\n",
      "Once upon a time",
      "return sorted(",
      "A",
      "caf\u00e9 \u2014 \u65e5\u672c\u8a9e, naturally"
    };
    List<int[]> prompts = new ArrayList<>();
    for (String text : texts) {
      prompts.add(tokenizer.encode(text));
    }
    return prompts;
  }

  @Override
  public void close() {
    alone.close();
    tokenizer.close();
    server.close();
  }
}
