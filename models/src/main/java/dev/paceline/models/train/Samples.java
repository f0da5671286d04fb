package dev.paceline.models.train;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.Digests;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A target's own text, on which a draft sees the contexts that it will meet (DistillSpec, Zhou et
 * al., arXiv 2310.08461): documents that begin with a piece of a text and go on as the target does
 * at temperature 1. Made once and kept in the cache; the same seed gives the same documents.
 *
 * @param tokens of all documents, at least
 * @param length tokens of a document, its prompt included
 * @param prompt tokens of a text that a document begins with
 * @param seed of prompts and sampling
 */
record Samples(long tokens, int length, int prompt, long seed) {
  /** Documents at a time. */
  private static final int SLOTS = 32;

  private static final long MOST_TOKENS = 1L << 30;

  /** Checks every value. */
  Samples {
    if (tokens < 1 || tokens > MOST_TOKENS) {
      throw new UserError("--sample-tokens " + tokens + " is not between 1 and " + MOST_TOKENS);
    }
    if (prompt < 1 || prompt >= length) {
      throw new UserError(
          "--sample-prompt " + prompt + " is not between 1 and the " + length + " of --sequence");
    }
  }

  /**
   * The documents, from the cache if it has them.
   *
   * @param texts where prompts come from
   * @param device as in {@link LoadOptions}
   * @param err gets progress
   */
  Corpus make(
      Gpt2Checkpoint target,
      TrainRun.Texts texts,
      String device,
      int threads,
      CacheDirectory cache,
      PrintStream err)
      throws IOException {
    StringBuilder key = new StringBuilder(target.digest()).append('\n').append(this);
    texts.corpora().forEach(corpus -> key.append('\n').append(corpus.key()));
    key.append('\n').append(Arrays.toString(texts.shares()));
    Path made = cache.resolve("samples", Digests.sha256(key.toString()) + ".u16");
    cache.obtain(
        made,
        to -> {
          LoadOptions options = new LoadOptions(Precision.FP32, device, SLOTS, length, threads);
          try (LanguageModel model = LanguageModels.load("target", target, options, cache);
              OutputStream out = new BufferedOutputStream(Files.newOutputStream(to), 1 << 16)) {
            write(model, new Mixture(texts.corpora(), texts.shares(), prompt, seed), out, err);
          }
        });
    return Corpus.map(made, key.toString());
  }

  private void write(LanguageModel model, Mixture prompts, OutputStream out, PrintStream err)
      throws IOException {
    long documents = (tokens + length - 1) / length;
    int tenth = 0;
    for (long first = 0; first < documents; first += SLOTS) {
      int count = (int) Math.min(SLOTS, documents - first);
      for (int[] document : documents(model, prompts.next(count), first)) {
        for (int id : document) {
          Corpus.put(out, id);
        }
      }
      int done = (int) (10 * (first + count) / documents);
      if (done > tenth) {
        tenth = done;
        err.printf(Locale.ROOT, "the target wrote %d of %d documents%n", first + count, documents);
      }
    }
  }

  private int[][] documents(LanguageModel model, int[][] prompts, long first) {
    int[][] documents = new int[prompts.length][];
    SamplingParams[] sampling = new SamplingParams[prompts.length];
    List<Segment> segments = new ArrayList<>();
    for (int d = 0; d < documents.length; d++) {
      documents[d] = Arrays.copyOf(prompts[d], length);
      sampling[d] = new SamplingParams(1f, 0, 1f, Race.mix(seed + first + d));
      int[] start = Arrays.copyOf(prompts[d], prompt);
      segments.add(new Segment(d, 0, start, 1, sampling[d]));
    }
    for (int at = prompt; at < length; at++) {
      StepResult result = model.step(segments);
      segments.clear();
      for (int d = 0; d < documents.length; d++) {
        Picks picks = result.segment(d);
        int token = picks.tokens()[picks.tokens().length - 1];
        documents[d][at] = token;
        segments.add(Segment.decode(d, at, sampling[d], token));
      }
    }
    return documents;
  }
}
