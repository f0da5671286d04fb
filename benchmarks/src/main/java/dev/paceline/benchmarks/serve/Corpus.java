package dev.paceline.benchmarks.serve;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.draft.rpc.GrpcTransport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Random prompts and what the target alone writes after each. Coupled and greedy decoding are
 * deterministic, so one recording tells what every later run of the same prompt must write.
 */
final class Corpus {
  /** Recorded at a time: enough to be quick, and not the batch that is measured later. */
  private static final int AT_ONCE = 8;

  /**
   * A prompt and its continuation.
   *
   * @param truth empty before it was recorded
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Text(int[] prompt, int[] truth, long seed) {
    boolean recorded() {
      return truth.length > 0;
    }

    /** The same prompt with a shorter continuation. */
    Text upTo(int tokens) {
      return new Text(prompt, Arrays.copyOf(truth, Math.min(tokens, truth.length)), seed);
    }

    SamplingParams sampling(float temperature) {
      return new SamplingParams(temperature, 0, 1f, seed);
    }
  }

  private final List<Text> texts;

  private Corpus(List<Text> texts) {
    this.texts = texts;
  }

  int size() {
    return texts.size();
  }

  /** The n-th text, around and around. */
  Text get(int n) {
    return texts.get(Math.floorMod(n, texts.size()));
  }

  /** Lets the server write every text once, without drafts. */
  static Corpus record(GrpcTransport transport, LoadPlan plan, int size, int vocabulary) {
    Random random = new Random(plan.seed());
    List<Text> recorded = new ArrayList<>();
    for (int from = 0; from < size; from += AT_ONCE) {
      List<Text> group = new ArrayList<>();
      List<CompletableFuture<Generation.Outcome>> outcomes = new ArrayList<>();
      for (int i = from; i < Math.min(size, from + AT_ONCE); i++) {
        int[] prompt = random.ints(plan.promptTokens(), 0, vocabulary).toArray();
        Text text = new Text(prompt, new int[0], random.nextLong());
        group.add(text);
        outcomes.add(
            new Generation(text, plan.maxTokens(), null, false, arrival -> {})
                .start(transport, text.sampling(plan.temperature())));
      }
      for (int i = 0; i < group.size(); i++) {
        Generation.Outcome outcome = outcomes.get(i).join();
        if (outcome.failure() != null || outcome.mismatches() > 0) {
          throw new UserError("the target could not record a text: " + outcome.failure());
        }
        Text text = group.get(i);
        recorded.add(new Text(text.prompt(), outcome.output(), text.seed()));
      }
    }
    return new Corpus(recorded);
  }
}
