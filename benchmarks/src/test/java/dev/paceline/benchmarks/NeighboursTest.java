package dev.paceline.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Generation;
import dev.paceline.draft.core.OutputCollector;
import dev.paceline.v1.Mode;
import dev.paceline.v1.Open;
import dev.paceline.v1.Sampling;
import dev.paceline.v1.ServerFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who else is in the batch never changes a token. */
class NeighboursTest {
  private static final int SLOTS = 10;
  private static final int TOKENS = 24;
  private static final int NEIGHBOURS = 31;

  /** Those with a draft model of their own; the others draft at random or not at all. */
  private static final int WITH_DRAFT_MODEL = 3;

  private final AtomicBoolean done = new AtomicBoolean();
  private final AtomicInteger disturbances = new AtomicInteger();

  @Test
  void tokensAreTheSameAloneAndAmongThirtyOneNoisyNeighbours() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(NEIGHBOURS);
    try (BuiltInPair pair = new BuiltInPair(SLOTS);
        DraftClient client = pair.client()) {
      List<int[]> prompts = pair.prompts().subList(6, 12);
      List<int[]> alone = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        int[] tokens = decode(pair, client, prompts.get(i), i);
        assertThat(tokens)
            .as("prompt %d, nobody else", i)
            .isEqualTo(pair.targetAlone(prompts.get(i), sampling(i), TOKENS));
        alone.add(tokens);
      }
      List<Future<Integer>> neighbours = new ArrayList<>();
      for (int i = 0; i < NEIGHBOURS; i++) {
        int seed = i;
        Callable<Integer> neighbour =
            i < WITH_DRAFT_MODEL ? () -> drafts(pair, seed) : () -> raw(pair, seed);
        neighbours.add(executor.submit(neighbour));
      }
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(decode(pair, client, prompts.get(i), i))
            .as("prompt %d among %d neighbours", i, NEIGHBOURS)
            .isEqualTo(alone.get(i));
      }
      done.set(true);
      for (Future<Integer> neighbour : neighbours) {
        assertThat(neighbour.get()).as("sessions of a neighbour").isPositive();
      }
      assertThat(disturbances).as("sessions given up halfway").hasPositiveValue();
      pair.assertFree(SLOTS);
    } finally {
      done.set(true);
      executor.shutdown();
    }
  }

  private static SamplingParams sampling(int i) {
    return i % 2 == 0 ? SamplingParams.GREEDY : new SamplingParams(0.9f, 40, 0.95f, i);
  }

  private static int[] decode(BuiltInPair pair, DraftClient client, int[] prompt, int i)
      throws InterruptedException {
    DecodeMode mode = DecodeMode.values()[i % 3];
    return pair.generate(client, pair.open(prompt, mode, sampling(i), TOKENS), 2 + i).output();
  }

  /** A neighbour with a draft model; cancels some of its generations at a random token. */
  private int drafts(BuiltInPair pair, int seed) throws Exception {
    Random random = new Random(seed);
    List<int[]> prompts = pair.prompts();
    int sessions = 0;
    try (DraftClient client = pair.client()) {
      do {
        int[] prompt = prompts.get(random.nextInt(prompts.size()));
        DecodeMode mode = DecodeMode.values()[random.nextInt(3)];
        SamplingParams sampling = new SamplingParams(1f, 0, 1f, random.nextLong());
        int cancelAt = random.nextBoolean() ? 1 + random.nextInt(20) : Integer.MAX_VALUE;
        AtomicInteger tokens = new AtomicInteger();
        CompletableFuture<Generation> started = new CompletableFuture<>();
        OutputCollector output =
            new OutputCollector(
                run -> {
                  if (tokens.addAndGet(run.ids().length) >= cancelAt) {
                    started.join().cancel();
                  }
                });
        started.complete(
            client.generate(
                pair.open(prompt, mode, sampling, 30),
                DraftOptions.withWindow(mode.drafts() ? 1 + random.nextInt(12) : 0),
                output));
        output.await();
        if (tokens.get() >= cancelAt) {
          disturbances.incrementAndGet();
        }
        sessions++;
      } while (!done.get());
    }
    return sessions;
  }

  /** A neighbour that drafts at random, cancels, or leaves without a word. */
  private int raw(BuiltInPair pair, int seed) {
    Random random = new Random(seed);
    int sessions = 0;
    try (RawClient client = new RawClient(pair.port())) {
      do {
        int[] prompt = random.ints(1 + random.nextInt(90), 0, 4096).toArray();
        Mode mode = random.nextBoolean() ? Mode.MODE_STREAM : Mode.MODE_SERVER_ONLY;
        Open.Builder open =
            RawClient.request(prompt, mode, 1 + random.nextInt(30))
                .setSampling(Sampling.newBuilder().setTemperature(1).setSeed(random.nextLong()));
        RawClient.Call call = client.call().send(RawClient.frame(open));
        for (int i = random.nextInt(6); i > 0; i--) {
          int[] ids = random.ints(1 + random.nextInt(8), 0, 4096).toArray();
          call.send(RawClient.draft(0, prompt.length + random.nextInt(3), ids));
        }
        switch (random.nextInt(4)) {
          case 0 -> {
            call.send(RawClient.cancel());
            call.status();
            disturbances.incrementAndGet();
          }
          case 1 -> {
            call.await(ServerFrame::hasVerdict);
            call.reset();
            disturbances.incrementAndGet();
          }
          default -> assertThat(call.status().isOk()).as("%s", call.status()).isTrue();
        }
        sessions++;
      } while (!done.get());
    }
    return sessions;
  }
}
