package dev.paceline.common.sampling;

/** The distribution that sampling draws from: logits after temperature, top-k and top-p. */
public final class Probabilities {
  private Probabilities() {}

  /**
   * The distribution.
   *
   * @param logits unscaled, length V; at least one is finite
   * @return length V, sums to 1; greedy: all of it on the first largest logit
   */
  public static float[] of(float[] logits, SamplingParams params) {
    float[] p = new float[logits.length];
    int best = Race.argmax(logits);
    if (params.greedy()) {
      p[best] = 1;
      return p;
    }
    float threshold = Race.threshold(logits, params);
    double[] weights = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] >= threshold) {
        weights[i] = Math.exp(((double) logits[i] - logits[best]) / params.temperature());
        sum += weights[i];
      }
    }
    for (int i = 0; i < p.length; i++) {
      p[i] = (float) (weights[i] / sum);
    }
    return p;
  }
}
