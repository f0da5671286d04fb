package dev.paceline.common.verification;

import java.util.Arrays;

/**
 * The distribution q that a draft token was sampled from, as far as the client sent it: of the
 * token alone in {@code PAPER}, of the K most likely tokens (all that q gives weight to) in {@code
 * RESIDUAL}. Immutable; the arrays must not be changed.
 */
public final class DraftDistribution {
  private final int[] ids;
  private final float[] q;

  /**
   * @param ids distinct
   * @param q probability of each id, in [0, 1]
   */
  public DraftDistribution(int[] ids, float[] q) {
    if (ids.length != q.length) {
      throw new IllegalArgumentException(ids.length + " ids, but " + q.length + " probabilities");
    }
    this.ids = ids;
    this.q = q;
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
