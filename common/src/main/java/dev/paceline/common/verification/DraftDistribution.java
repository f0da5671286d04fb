package dev.paceline.common.verification;

import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.sampling.Uniforms;
import java.util.Arrays;

/**
 * The distribution q that a draft token was sampled from, as far as the client sent it: of the
 * token alone in {@code PAPER}, of every token that q gives weight to in {@code RESIDUAL}.
 * Immutable; the arrays must not be changed.
 *
 * <p>{@code RESIDUAL} is lossless for any q that the draft was really sampled from, so the draft
 * model's own distribution is first made one that travels well ({@link #sparse}: few tokens, whole
 * numbers of {@link #UNITS}-ths) and then sampled from. What that costs is acceptance, no
 * exactness.
 */
public final class DraftDistribution {
  /** Parts that the probability 1 of a sparse distribution is divided into. */
  public static final int UNITS = 1 << 16;

  /**
   * Tokens of a distribution that {@link #sparse} makes; a smaller vocabulary is there as a whole.
   */
  public static final int TOKENS = 64;

  private final int[] ids;
  private final float[] q;
  private final boolean whole;

  /**
   * A whole distribution.
   *
   * @param ids distinct
   * @param q probability of each id, in [0, 1]
   */
  public DraftDistribution(int[] ids, float[] q) {
    this(ids, q, true);
  }

  private DraftDistribution(int[] ids, float[] q, boolean whole) {
    if (ids.length != q.length) {
      throw new IllegalArgumentException(ids.length + " ids, but " + q.length + " probabilities");
    }
    this.ids = ids;
    this.q = q;
    this.whole = whole;
  }

  /** Of a drafted token alone. */
  public static DraftDistribution of(int id, float q) {
    return new DraftDistribution(new int[] {id}, new float[] {q}, false);
  }

  /**
   * A draft model's distribution, reduced to its {@value #TOKENS} most likely tokens and rounded to
   * whole {@link #UNITS}; the most likely token takes what rounding leaves.
   *
   * @param logits of the draft model, length V
   * @return ids ascending, each with at least one unit, and {@link #UNITS} of them in all
   */
  public static DraftDistribution sparse(float[] logits, SamplingParams sampling) {
    float[] p = Probabilities.of(logits, sampling);
    int[] top = mostLikely(p, Math.min(TOKENS, p.length));
    double sum = 0;
    for (int id : top) {
      sum += p[id];
    }
    int[] units = new int[top.length];
    int left = UNITS;
    int kept = 0;
    for (int i = 0; i < top.length; i++) {
      units[i] = (int) (p[top[i]] / sum * UNITS);
      left -= units[i];
      kept += units[i] > 0 || i == 0 ? 1 : 0;
    }
    units[0] += left;
    int[] ids = Arrays.copyOf(top, kept);
    Arrays.sort(ids);
    float[] q = new float[kept];
    for (int i = 0; i < kept; i++) {
      q[Arrays.binarySearch(ids, top[i])] = (float) units[i] / UNITS;
    }
    return new DraftDistribution(ids, q);
  }

  /** Indices of the largest values, the largest first; the first index on a tie. */
  private static int[] mostLikely(float[] p, int count) {
    int[] top = new int[count];
    int size = 0;
    for (int id = 0; id < p.length; id++) {
      if (size == count && p[id] <= p[top[size - 1]]) {
        continue;
      }
      int at = size < count ? size++ : size - 1;
      for (; at > 0 && p[top[at - 1]] < p[id]; at--) {
        top[at] = top[at - 1];
      }
      top[at] = id;
    }
    return top;
  }

  /**
   * Draws a token.
   *
   * @param uniform in (0, 1)
   */
  public int sample(double uniform) {
    return ids[Uniforms.invert(q, uniform)];
  }

  /** Whether every token is here that q gives weight to, and not the drafted one alone. */
  public boolean whole() {
    return whole;
  }

  /** Number of tokens. */
  public int size() {
    return ids.length;
  }

  /** The id at an index below {@link #size}. */
  public int id(int index) {
    return ids[index];
  }

  /** The probability of {@link #id}. */
  public float probability(int index) {
    return q[index];
  }

  /** q of an id; 0 when the client did not send it. */
  public float of(int id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        return q[i];
      }
    }
    return 0;
  }

  /** {@code max(p − q, 0)}, not normalised. */
  float[] residual(float[] p) {
    float[] rest = Arrays.copyOf(p, p.length);
    for (int i = 0; i < ids.length; i++) {
      rest[ids[i]] = Math.max(p[ids[i]] - q[i], 0);
    }
    return rest;
  }
}
