package dev.paceline.benchmarks.drafts;

import dev.paceline.benchmarks.Samples;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.lm.DraftModel;
import java.util.ArrayList;
import java.util.List;

/** Times drafts of several variants, interleaved round by round. */
final class DraftTiming {
  private static final int WARM_UP = 10;

  /** Tokens per round and variant, whatever the drafts per call. */
  private static final int TOKENS = 8;

  private DraftTiming() {}

  /**
   * @param context positions before the first draft
   * @return median milliseconds per draft token, one per variant
   */
  static double[] run(
      List<Variant> variants,
      List<DraftModel> models,
      int context,
      int rounds,
      SamplingParams sampling) {
    int vocabulary = models.get(0).info().config().vocabSize();
    int[] prompt = new int[context];
    for (int i = 0; i < context; i++) {
      prompt[i] = (int) (i * 2_654_435_761L % vocabulary);
    }
    models.forEach(model -> model.draft(0, prompt, 1, 0, sampling));
    List<Samples> times = new ArrayList<>();
    variants.forEach(variant -> times.add(new Samples()));
    for (int round = -WARM_UP; round < rounds; round++) {
      for (int i = 0; i < variants.size(); i++) {
        int drafts = variants.get(i).drafts();
        DraftModel model = models.get(i);
        int[] feed = {prompt[round & 7]};
        long start = System.nanoTime();
        for (int done = 0; done < TOKENS; done += drafts) {
          int[] ids = model.draft(context + done, feed, drafts, 0, sampling).ids();
          feed = new int[] {ids[ids.length - 1]};
        }
        if (round >= 0) {
          times.get(i).add((System.nanoTime() - start) * 1e-6 / TOKENS);
        }
      }
    }
    return times.stream().mapToDouble(Samples::median).toArray();
  }
}
