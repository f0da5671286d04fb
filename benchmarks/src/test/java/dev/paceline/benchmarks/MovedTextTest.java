package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.common.speculation.draft.Provenance;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Generation;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.core.ServerSet;
import dev.paceline.draft.rpc.GrpcTransport;
import dev.paceline.models.registry.ModelRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A text that moves between servers while it is written, and one whose servers are all lost. */
class MovedTextTest {
  private static final int TOKENS = 120;

  /** Not complete before its server is closed. */
  private static final int LONG_TEXT = 400;

  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 1f, 4);
  private static final long MS = 1_000_000;

  private static BuiltInPair pair;
  private static int[] prompt;
  private static int[] alone;

  @BeforeAll
  static void start() {
    pair = new BuiltInPair(Map.of("slots", "2", "draft-model", ModelRegistry.NANO));
    prompt = pair.prompts().get(0);
    alone = pair.targetAlone(prompt, SAMPLING, TOKENS);
  }

  @AfterAll
  static void stop() {
    pair.close();
  }

  @ParameterizedTest
  @EnumSource
  void goesOnAtThePreferredServer(DecodeMode mode) throws Exception {
    try (LoopbackProxy first = new LoopbackProxy(pair.port());
        LoopbackProxy second = new LoopbackProxy(pair.port());
        ServerSet servers =
            new ServerSet(
                List.of(transport(first.port()), transport(second.port())), System::nanoTime);
        DraftClient client = new DraftClient(servers, pair.drafter())) {
      String[] names = {"127.0.0.1:" + first.port(), "127.0.0.1:" + second.port()};
      assertThat(servers.prefer("nowhere:1")).isFalse();
      CompletableFuture<Generation> generation = new CompletableFuture<>();
      AtomicInteger moves = new AtomicInteger();
      AtomicInteger seen = new AtomicInteger();
      OutputCollector output =
          new OutputCollector(
              run -> {
                if (seen.addAndGet(run.ids().length) >= 10 * (moves.get() + 1)) {
                  assertThat(servers.prefer(names[moves.incrementAndGet() % 2])).isTrue();
                  generation.join().migrate();
                }
              });
      generation.complete(
          client.generate(
              pair.open(prompt, mode, SAMPLING, TOKENS), DraftOptions.withWindow(5), output));
      DraftOutcome outcome = output.await();
      assertThat(output.output()).as("%s: %s", mode, outcome.sentence()).isEqualTo(alone);
      assertThat(outcome.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(moves.get()).isBetween(5, TOKENS / 10);
    }
    pair.assertFree(2);
  }

  /** It hands its sessions back with a status, which tells a client to go on elsewhere. */
  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SERVER_ONLY"})
  void goesOnElsewhereWhenItsServerShutsDown(DecodeMode mode) throws Exception {
    BuiltInPair leaving = new BuiltInPair(1);
    try (ServerSet servers =
            new ServerSet(
                List.of(transport(leaving.port()), transport(pair.port())), System::nanoTime);
        DraftClient client = new DraftClient(servers, pair.drafter())) {
      Thread shutdown = new Thread(leaving::close, "shutdown");
      OutputCollector output =
          new OutputCollector(
              run -> {
                if (shutdown.getState() == Thread.State.NEW) {
                  shutdown.start();
                }
              });
      client.generate(
          pair.open(prompt, mode, SAMPLING, LONG_TEXT), DraftOptions.withWindow(5), output);
      DraftOutcome outcome = output.await();
      shutdown.join();
      assertThat(output.output())
          .as("%s: %s", mode, outcome.sentence())
          .isEqualTo(pair.targetAlone(prompt, SAMPLING, LONG_TEXT));
      assertThat(outcome.statistics().reconnects()).isPositive();
    }
    pair.assertFree(2);
  }

  @ParameterizedTest
  @EnumSource(names = {"STREAM", "SERVER_ONLY"})
  void theDraftModelGoesOnAloneAndItsTextIsMarked(DecodeMode mode) throws Exception {
    try (LoopbackProxy proxy = new LoopbackProxy(pair.port());
        DraftClient client = pair.client(proxy.port())) {
      List<Provenance> marks = new ArrayList<>();
      OutputCollector output = new OutputCollector(recording(marks, gone(proxy)));
      client.generate(
          pair.open(prompt, mode, SAMPLING, TOKENS), impatient().withOffline(true), output);
      DraftOutcome outcome = output.await();
      int verified = marks.indexOf(Provenance.DRAFT_ONLY);
      assertThat(verified).isBetween(1, TOKENS - 1);
      assertThat(marks.subList(0, verified)).doesNotContain(Provenance.DRAFT_ONLY);
      assertThat(marks.subList(verified, TOKENS)).containsOnly(Provenance.DRAFT_ONLY);
      assertThat(output.output()).hasSize(TOKENS).startsWith(first(alone, verified));
      // What the draft model says after that text is no matter of the session: it is asked alone.
      assertThat(output.output())
          .isEqualTo(pair.draftAfter(prompt, first(alone, verified), SAMPLING, TOKENS));
      assertThat(outcome.reason()).isEqualTo(FinishReason.LENGTH);
      assertThat(outcome.statistics().draftOnly()).isEqualTo(TOKENS - verified);
      assertThat(outcome.sentence()).contains("gave up after").contains("alone");
    }
  }

  @Test
  void withoutThatItSaysSoAndKeepsTheText() throws Exception {
    try (LoopbackProxy proxy = new LoopbackProxy(pair.port());
        DraftClient client = pair.client(proxy.port())) {
      List<Provenance> marks = new ArrayList<>();
      OutputCollector output = new OutputCollector(recording(marks, gone(proxy)));
      client.generate(pair.open(prompt, DecodeMode.STREAM, SAMPLING, TOKENS), impatient(), output);
      DraftOutcome outcome = output.await();
      assertThat(outcome.reason()).isEqualTo(FinishReason.UNREACHABLE);
      assertThat(outcome.sentence()).startsWith("gave up after 1 s without a server: ");
      assertThat(output.output()).isNotEmpty().isEqualTo(first(alone, output.output().length));
      assertThat(marks).doesNotContain(Provenance.DRAFT_ONLY);
    }
  }

  private static DraftOptions impatient() {
    return new DraftOptions(4, 1, 20 * MS, 100 * MS, 0).withGiveUp(1_000 * MS);
  }

  private static Runnable gone(LoopbackProxy proxy) {
    return () -> {
      proxy.targetNobody();
      proxy.cut();
    };
  }

  /** Remembers where tokens came from; does it with the first of them. */
  private static Consumer<OutputRun> recording(List<Provenance> marks, Runnable event) {
    return run -> {
      if (marks.isEmpty()) {
        event.run();
      }
      IntStream.range(0, run.ids().length).mapToObj(run::provenance).forEach(marks::add);
    };
  }

  private static int[] first(int[] ids, int count) {
    return IntStream.of(ids).limit(count).toArray();
  }

  private static GrpcTransport transport(int port) {
    return new GrpcTransport("127.0.0.1:" + port, pair.tokenizer.vocabSize());
  }
}
