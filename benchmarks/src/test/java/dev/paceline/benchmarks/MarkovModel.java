package dev.paceline.benchmarks;

import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A language of few tokens whose every step is known: the next token is the present one plus a step
 * of a fixed distribution, modulo the vocabulary. So the steps of a text that a correct decoder
 * writes are independent draws from that distribution, whatever the text.
 */
final class MarkovModel implements LanguageModel {
  private final float[] steps;
  private final long stepNanos;
  private final ModelInfo info;

  /**
   * @param steps logits of each step
   * @param stepNanos that a call takes at least
   */
  MarkovModel(float[] steps, int slots, int context, long stepNanos) {
    this.steps = steps;
    this.stepNanos = stepNanos;
    Gpt2Config config = Gpt2Config.ofShape(steps.length, context, 8, 1, 1, 8);
    info = new ModelInfo("markov", config, Precision.FP32, "cpu", 0, slots, context, "");
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public StepResult step(List<Segment> segments) {
    if (stepNanos > 0) {
      LockSupport.parkNanos(stepNanos);
    }
    List<Picks> picks = new ArrayList<>();
    for (Segment segment : segments) {
      picks.add(picks(segment));
    }
    return new StepResult(picks);
  }

  private Picks picks(Segment segment) {
    int count = segment.picks();
    int first = segment.tokens().length - count;
    float[][] logits = new float[count][];
    int[] tokens = new int[count];
    float[] logProbabilities = new float[count];
    SamplingParams sampling = segment.sampling();
    for (int i = 0; i < count; i++) {
      logits[i] = after(segment.tokens()[first + i]);
      tokens[i] = Race.pick(logits[i], sampling, segment.start() + first + i + 1);
      logProbabilities[i] = (float) Math.log(Probabilities.of(logits[i], sampling)[tokens[i]]);
    }
    return segment.logits()
        ? new Picks(tokens, logProbabilities, new float[count], logits)
        : new Picks(tokens, logProbabilities, new float[count]);
  }

  private float[] after(int token) {
    float[] logits = new float[steps.length];
    for (int step = 0; step < steps.length; step++) {
      logits[(token + step) % steps.length] = steps[step];
    }
    return logits;
  }

  @Override
  public float[][] logits(int[] tokens) {
    float[][] logits = new float[tokens.length][];
    for (int i = 0; i < tokens.length; i++) {
      logits[i] = after(tokens[i]);
    }
    return logits;
  }

  @Override
  public void close() {}
}
