package dev.paceline.benchmarks.drafts;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.draft.core.SoloDecoder;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.LanguageModel;
import java.util.ArrayList;
import java.util.List;

/**
 * How often a draft is the target's own token, at every position of texts that the target wrote
 * with the same seed: the chance that one more draft is accepted.
 */
final class DraftAcceptance {
  private record Text(int[] prompt, int[] output) {}

  private final SamplingParams sampling;
  private final List<Text> texts = new ArrayList<>();

  /** Lets the target write. */
  DraftAcceptance(LanguageModel target, List<int[]> prompts, int tokens, SamplingParams sampling) {
    this.sampling = sampling;
    for (int[] prompt : prompts) {
      int[] output = SoloDecoder.decode(target, prompt, sampling, tokens, new int[0], id -> {});
      texts.add(new Text(prompt, output));
    }
  }

  /** The share of right drafts. */
  double of(DraftModel model) {
    int right = 0;
    int total = 0;
    for (Text text : texts) {
      int[] feed = text.prompt;
      int position = 0;
      for (int token : text.output) {
        int draft = model.draft(position, feed, 1, 0, sampling).ids()[0];
        right += draft == token ? 1 : 0;
        total++;
        position += feed.length;
        feed = new int[] {token};
      }
    }
    return (double) right / total;
  }
}
