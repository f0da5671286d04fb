package dev.paceline.common.verification;

import dev.paceline.common.sampling.Uniforms;
import dev.paceline.common.sampling.Uniforms.Purpose;

/**
 * The rule of Koh and Yang, Eq. 1: accept with probability min(1, p/q), otherwise sample afresh
 * from p.
 *
 * <p>Not distribution-preserving: the output has probability min(p, q) + (1 − Σ min(p, q))·p
 * instead of p. With overlap β = Σ min(p, q) and likely tokens of p under-drafted, that is off by a
 * total variation of ½ Σ |min(p, q) − β·p|.
 */
public final class PaperRule implements VerificationRule {
  @Override
  public boolean accepts(long seed, int position, int draft, float[] p, DraftDistribution q) {
    return Uniforms.at(seed, position, Purpose.ACCEPT) * q.of(draft) < p[draft];
  }

  @Override
  public int recovered(long seed, int position, float[] p, DraftDistribution q) {
    return Uniforms.invert(p, Uniforms.at(seed, position, Purpose.RECOVER));
  }

  @Override
  public int bonus(long seed, int position, float[] p) {
    return Uniforms.invert(p, Uniforms.at(seed, position, Purpose.BONUS));
  }
}
