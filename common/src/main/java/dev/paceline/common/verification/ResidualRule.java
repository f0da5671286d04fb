package dev.paceline.common.verification;

import dev.paceline.common.sampling.Uniforms;
import dev.paceline.common.sampling.Uniforms.Purpose;

/**
 * The rule of Leviathan, Kalman and Matias (arXiv 2211.17192, Algorithm 1): accept with probability
 * min(1, p/q), otherwise sample from norm(max(p − q, 0)). The output has distribution p exactly,
 * since min(p, q) + (1 − β)·max(p − q, 0)/(1 − β) = p with β = Σ min(p, q). It holds for any q that
 * the draft was really sampled from, a truncated one included.
 */
public final class ResidualRule implements VerificationRule {
  @Override
  public boolean accepts(long seed, int position, int draft, float[] p, DraftDistribution q) {
    float stated = q.of(draft);
    return stated > 0 && Uniforms.at(seed, position, Purpose.ACCEPT) * stated < p[draft];
  }

  @Override
  public int recovered(long seed, int position, float[] p, DraftDistribution q) {
    float[] rest = q.residual(p);
    double left = 0;
    for (float weight : rest) {
      left += weight;
    }
    double uniform = Uniforms.at(seed, position, Purpose.RECOVER);
    return Uniforms.invert(left > 0 ? rest : p, uniform);
  }

  @Override
  public int bonus(long seed, int position, float[] p) {
    return Uniforms.invert(p, Uniforms.at(seed, position, Purpose.BONUS));
  }
}
