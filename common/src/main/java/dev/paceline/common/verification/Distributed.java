package dev.paceline.common.verification;

import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.SamplingParams;
import java.util.Arrays;

/**
 * The target's logits at consecutive places, for the rules that go by its distribution. They become
 * a distribution only at the places that a judgement looks at. Immutable; the array must not be
 * changed.
 */
public final class Distributed implements TargetView {
  private final VerificationRule rule;
  private final SamplingParams sampling;
  private final float[][] logits;

  /**
   * @param sampling of the session; its seed is what the rule's decisions are hashed from
   * @param logits [places][V]
   */
  public Distributed(VerificationMode mode, SamplingParams sampling, float[][] logits) {
    this(VerificationRule.of(mode), sampling, logits);
  }

  private Distributed(VerificationRule rule, SamplingParams sampling, float[][] logits) {
    this.rule = rule;
    this.sampling = sampling;
    this.logits = logits;
  }

  @Override
  public int places() {
    return logits.length;
  }

  @Override
  public TargetView first(int count) {
    return new Distributed(rule, sampling, Arrays.copyOf(logits, count));
  }

  @Override
  public TargetView then(TargetView more) {
    float[][] rest = ((Distributed) more).logits;
    float[][] all = Arrays.copyOf(logits, logits.length + rest.length);
    System.arraycopy(rest, 0, all, logits.length, rest.length);
    return new Distributed(rule, sampling, all);
  }

  @Override
  public Judgement judge(int position, int[] drafts, DraftDistribution[] q) {
    return rule.judge(
        sampling.seed(),
        position,
        drafts,
        place -> Probabilities.of(logits[place], sampling),
        logits.length,
        q);
  }
}
