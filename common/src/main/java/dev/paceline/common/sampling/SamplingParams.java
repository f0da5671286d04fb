package dev.paceline.common.sampling;

import dev.paceline.common.UserError;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen. Filters apply in the order temperature, top-k, top-p; ties at a
 * filter's edge are kept. Immutable.
 */
public final class SamplingParams {
  /** Greedy decoding; the seed is irrelevant. */
  public static final SamplingParams GREEDY = new SamplingParams(0f, 0, 1f, 0L);

  /** Below this a race is greedy: logits divided by less would drown E in rounding or overflow. */
  private static final float COLDEST = 1e-4f;

  private final float temperature;
  private final int topK;
  private final float topP;
  private final long seed;

  /**
   * @param temperature divides the logits; 0, and anything below 0.0001, is greedy; at most 100
   * @param topK keeps the k most likely tokens; 0 keeps all
   * @param topP keeps the smallest set of most likely tokens whose probability reaches topP, in (0,
   *     1]; 1 keeps all
   * @param seed of the race; the same seed gives the same text
   * @throws UserError if a value is out of its range
   */
  public SamplingParams(float temperature, int topK, float topP, long seed) {
    if (!(temperature >= 0f && temperature <= 100f)) {
      throw new UserError("temperature " + temperature + " is not between 0 and 100");
    }
    if (topK < 0) {
      throw new UserError("top-k " + topK + " is negative");
    }
    if (!(topP > 0f && topP <= 1f)) {
      throw new UserError("top-p " + topP + " is not above 0 and at most 1");
    }
    this.temperature = temperature;
    this.topK = topK;
    this.topP = topP;
    this.seed = seed;
  }

  public float temperature() {
    return temperature;
  }

  public int topK() {
    return topK;
  }

  public float topP() {
    return topP;
  }

  public long seed() {
    return seed;
  }

  public boolean greedy() {
    return temperature < COLDEST || topK == 1;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    if (!(o instanceof SamplingParams)) {
      return false;
    }
    SamplingParams p = (SamplingParams) o;
    return temperature == p.temperature && topK == p.topK && topP == p.topP && seed == p.seed;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(seed) * 31 + Float.hashCode(temperature) + 7 * topK + Float.hashCode(topP);
  }

  @Override
  public String toString() {
    return "temperature " + temperature + ", top-k " + topK + ", top-p " + topP + ", seed " + seed;
  }
}
