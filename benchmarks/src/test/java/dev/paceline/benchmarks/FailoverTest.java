package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.benchmarks.emulation.LoopbackProxy;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.draft.core.ServerSet;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Two servers, whose connections are cut at random points; the text is the target's own. */
class FailoverTest {
  private static final int TOKENS = 300;
  private static final SamplingParams SAMPLING = new SamplingParams(1f, 0, 1f, 5);

  @Test
  void theTextGoesOnAtTheOtherServer() throws Exception {
    try (BuiltInPair pair = new BuiltInPair(4);
        LoopbackProxy first = new LoopbackProxy(pair.port());
        LoopbackProxy second = new LoopbackProxy(pair.port());
        DraftClient client =
            new DraftClient(
                new ServerSet(
                    List.of(transport(pair, first), transport(pair, second)), System::nanoTime),
                null)) {
      int[] prompt = pair.prompts().get(2);
      Random random = new Random(7);
      AtomicInteger next = new AtomicInteger(3);
      AtomicInteger seen = new AtomicInteger();
      OutputCollector output =
          new OutputCollector(
              run -> {
                if (seen.addAndGet(run.ids().length) >= next.get()) {
                  next.addAndGet(5 + random.nextInt(20));
                  first.cut();
                  second.cut();
                }
              });
      DraftOptions patient = new DraftOptions(0, 200, 20_000_000L, 200_000_000L, 30_000_000_000L);
      client.generate(pair.open(prompt, DecodeMode.SERVER_ONLY, SAMPLING, TOKENS), patient, output);
      DraftOutcome outcome = output.await();
      assertThat(output.output())
          .as(outcome.sentence())
          .isEqualTo(pair.targetAlone(prompt, SAMPLING, TOKENS));
      assertThat(outcome.statistics().reconnects()).isPositive();
    }
  }

  @Test
  void aServerThatIsGoneIsReplaced() throws Exception {
    try (BuiltInPair pair = new BuiltInPair(4);
        LoopbackProxy gone = new LoopbackProxy(pair.port());
        DraftClient client =
            new DraftClient(
                new ServerSet(
                    List.of(
                        transport(pair, gone),
                        new GrpcTransport("127.0.0.1:" + pair.port(), pair.tokenizer.vocabSize())),
                    System::nanoTime),
                null)) {
      gone.targetNobody();
      int[] prompt = pair.prompts().get(3);
      BuiltInPair.Result result =
          pair.generate(client, pair.open(prompt, DecodeMode.SERVER_ONLY, SAMPLING, 40), 0);
      assertThat(result.output()).isEqualTo(pair.targetAlone(prompt, SAMPLING, 40));
    }
  }

  private static GrpcTransport transport(BuiltInPair pair, LoopbackProxy proxy) {
    return new GrpcTransport("127.0.0.1:" + proxy.port(), pair.tokenizer.vocabSize());
  }
}
