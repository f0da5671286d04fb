package dev.paceline.models.lm;

import dev.paceline.common.sampling.SamplingParams;
import java.util.Arrays;
import java.util.List;

/** Drafts with any language model, a step per token. */
public final class StepDraftModel implements DraftModel {
  private final LanguageModel model;

  /** Takes over the model, which it closes. */
  public StepDraftModel(LanguageModel model) {
    this.model = model;
  }

  @Override
  public ModelInfo info() {
    return model.info();
  }

  @Override
  public Drafts draft(int start, int[] feed, int most, double stopBelow, SamplingParams sampling) {
    int[] ids = new int[most];
    float[] logProbabilities = new float[most];
    int position = start;
    int[] tokens = feed;
    double chance = 0;
    for (int n = 0; ; ) {
      Segment segment = new Segment(0, position, tokens, 1, sampling);
      Picks picks = model.step(List.of(segment)).segment(0);
      position += tokens.length;
      ids[n] = picks.tokens()[0];
      logProbabilities[n] = picks.logProbabilities()[0];
      chance += logProbabilities[n];
      tokens = new int[] {ids[n++]};
      if (n == most || chance < Math.log(stopBelow) || position >= info().contextLength()) {
        return new Drafts(Arrays.copyOf(ids, n), Arrays.copyOf(logProbabilities, n));
      }
    }
  }

  @Override
  public float[] logits(int start, int[] feed) {
    Segment segment = new Segment(0, start, feed, 1, SamplingParams.GREEDY, true);
    return model.step(List.of(segment)).segment(0).logits()[0];
  }

  @Override
  public void close() {
    model.close();
  }
}
