package dev.paceline.models.train;

import dev.paceline.common.UserError;

/**
 * Learning rate over the run, as a fraction of the peak.
 *
 * @param shape of the curve after the warm-up
 * @param warmup fraction of the run that rises linearly
 * @param decay fraction of the run at its end in which the shapes with a decay fall to 0
 */
record Schedule(Shape shape, double warmup, double decay) {
  /** Curves. */
  enum Shape {
    /** Half a cosine down to a tenth of the peak. */
    COSINE,
    /**
     * Warm-up, stable, decay (Hu et al., arXiv 2404.06395): a run can go on from before the decay.
     */
    WSD,
    /** The same with a decay by 1 − √t, which ends lower (Hägele et al., arXiv 2405.18392). */
    WSD_SQRT
  }

  /**
   * @throws UserError if a fraction is not one
   */
  Schedule {
    if (!(warmup >= 0 && warmup < 1)) {
      throw new UserError("--warmup " + warmup + " is not at least 0 and below 1");
    }
    if (!(decay > 0 && decay <= 1)) {
      throw new UserError("--decay-part " + decay + " is not above 0 and at most 1");
    }
  }

  /**
   * @param progress 0 at the start of the run, 1 at its end
   */
  double factor(double progress) {
    if (progress < warmup) {
      return Math.max(progress / warmup, 1e-3);
    }
    if (shape == Shape.COSINE) {
      double t = Math.min(1, (progress - warmup) / (1 - warmup));
      return 0.1 + 0.45 * (1 + Math.cos(Math.PI * t));
    }
    double left = decaying(progress) ? Math.max(0, (1 - progress) / decay) : 1;
    return shape == Shape.WSD ? left : 1 - Math.sqrt(1 - left);
  }

  /** Whether the final decay has begun. */
  boolean decaying(double progress) {
    return shape != Shape.COSINE && progress > 1 - decay;
  }
}
