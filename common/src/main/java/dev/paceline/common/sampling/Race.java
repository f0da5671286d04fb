package dev.paceline.common.sampling;

import java.util.Arrays;

/**
 * The exponential race (Gumbel-max trick with shared randomness): the next token is {@code argmin_i
 * E_i / p_i} with {@code E_i = -log U_i} and {@code U_i} a hash of (seed, position, token id).
 * {@code E_i} are independent Exp(1), so token i wins with probability p_i. Draft and target that
 * race with the same seed agree with probability at least (1 - TV) / (1 + TV) (Daliri, Musco,
 * Suresh, arXiv 2408.07978), with no communication.
 *
 * <p><b>Specification</b> (all 64-bit arithmetic wraps; {@code >>>} is a logical shift). {@code
 * mix} is the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014):
 *
 * <pre>
 *   mix(z)         = z ^= z>>>30; z *= 0xBF58476D1CE4E5B9; z ^= z>>>27; z *= 0x94D049BB133111EB; z ^ z>>>31
 *   key(seed, pos) = mix(mix(seed) + (pos + 1) * 0x9E3779B97F4A7C15)
 *   A[token]       = mix((token + 1) * 0x9E3779B97F4A7C15)
 *   h              = (key ^ A[token]) * 0xBF58476D1CE4E5B9
 *   h              = (h ^ h>>>32) * 0x94D049BB133111EB
 *   v              = min((float32(h>>>32) + 0.5f) * 2^-32, 1 - 2^-24)        (float32; 1 - U of the text above)
 *   score          = logit / temperature - log(-log1p(-v))                   (larger wins; first index on a tie)
 * </pre>
 *
 * <p>{@code pos} is the absolute position of the token that is chosen. {@code v} is taken near 0
 * and not near 1 because the winner has a small E, where float32 is finest. The integer part is
 * bit-exact everywhere; logarithms may differ in the last place between implementations, which can
 * only make a draft disagree, never change what the target says.
 */
public final class Race {
  static final long GOLDEN = 0x9E3779B97F4A7C15L;
  static final long M1 = 0xBF58476D1CE4E5B9L;
  static final long M2 = 0x94D049BB133111EBL;
  private static final float SCALE = 0x1p-32f;
  private static final float LARGEST = 1f - 0x1p-24f;

  private Race() {}

  /** The finaliser of SplitMix64, a bijection of 64-bit integers. */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * M1;
    z = (z ^ (z >>> 27)) * M2;
    return z ^ (z >>> 31);
  }

  /**
   * The part of the hash that all tokens of one position share.
   *
   * @param position absolute position of the token to be chosen
   */
  public static long key(long seed, int position) {
    return mix(mix(seed) + (position + 1L) * GOLDEN);
  }

  /**
   * The part of the hash that belongs to a token id, {@code A[token]}; a compiled program holds
   * these as a constant.
   */
  public static long tokenConstant(int token) {
    return mix((token + 1L) * GOLDEN);
  }

  /** 32 hashed bits for one token at one position. */
  public static int hash(long key, int token) {
    long h = (key ^ tokenConstant(token)) * M1;
    h = (h ^ (h >>> 32)) * M2;
    return (int) (h >>> 32);
  }

  /** {@code v = 1 - U}, in (0, 1), from hashed bits. */
  public static float complement(int hash) {
    float v = ((float) (hash & 0xFFFFFFFFL) + 0.5f) * SCALE;
    return Math.min(v, LARGEST);
  }

  /** {@code -log E}, the standard Gumbel variable that is added to a logit. */
  public static float gumbel(int hash) {
    return (float) -Math.log(-Math.log1p(-complement(hash)));
  }

  /**
   * Chooses the token for one position.
   *
   * @param logits unscaled, length V
   * @param position absolute position of the token that is chosen
   * @return index in [0, V)
   */
  public static int pick(float[] logits, SamplingParams params, int position) {
    if (params.greedy()) {
      return argmax(logits);
    }
    float threshold = threshold(logits, params);
    long key = key(params.seed(), position);
    float temperature = params.temperature();
    int best = -1;
    float bestScore = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      if (logits[i] < threshold) {
        continue;
      }
      float score = logits[i] / temperature + gumbel(hash(key, i));
      if (best < 0 || score > bestScore) {
        best = i;
        bestScore = score;
      }
    }
    return best;
  }

  /** The smallest logit that top-k and top-p keep; {@code -inf} when both are off. */
  public static float threshold(float[] logits, SamplingParams params) {
    boolean useTopK = params.topK() > 0 && params.topK() < logits.length;
    if (!useTopK && params.topP() >= 1f) {
      return Float.NEGATIVE_INFINITY;
    }
    float[] ascending = logits.clone();
    Arrays.sort(ascending);
    int n = ascending.length;
    int kept = useTopK ? params.topK() : n;
    float kth = ascending[n - kept];
    while (kept < n && ascending[n - kept - 1] == kth) {
      kept++;
    }
    if (params.topP() >= 1f) {
      return kth;
    }
    double max = ascending[n - 1];
    double sum = 0;
    for (int i = 0; i < kept; i++) {
      sum += Math.exp((ascending[n - 1 - i] - max) / params.temperature());
    }
    double before = 0;
    for (int i = 0; i < kept; i++) {
      before += Math.exp((ascending[n - 1 - i] - max) / params.temperature()) / sum;
      if (before >= params.topP()) {
        return ascending[n - 1 - i];
      }
    }
    return kth;
  }

  /** Index of the largest logit, the first one on a tie. */
  public static int argmax(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }
}
