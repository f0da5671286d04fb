package dev.paceline.common.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.paceline.common.sampling.ChiSquare;
import dev.paceline.common.sampling.Probabilities;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.sampling.Uniforms;
import dev.paceline.common.sampling.Uniforms.Purpose;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The rules as a server applies them: logits of the target, drafts from the sparse distribution
 * that a client sends, and a vocabulary that this is too small for.
 */
class DistributedTest {
  private static final int VOCABULARY = 90;
  private static final int SAMPLES = 100_000;
  private static final SamplingParams SAMPLING = new SamplingParams(0.9f, 0, 0.995f, 41);
  private static final float[] TARGET = logits(1, 1.2);
  private static final float[] DRAFT = logits(2, 0.9);

  /** The draft knows half of what the target does. */
  private static float[] logits(long seed, double own) {
    Random common = new Random(7);
    Random random = new Random(seed);
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < VOCABULARY; i++) {
      logits[i] = (float) (1.2 * common.nextGaussian() + own * random.nextGaussian());
    }
    return logits;
  }

  @Test
  void aSparseDistributionIsTheMostLikelyTokensInWholeUnits() {
    float[] p = Probabilities.of(DRAFT, new SamplingParams(1f, 0, 1f, 0));
    DraftDistribution q = DraftDistribution.sparse(DRAFT, new SamplingParams(1f, 0, 1f, 0));
    assertThat(q.size()).isEqualTo(DraftDistribution.TOKENS).isLessThan(VOCABULARY);
    double kept = 0;
    double sum = 0;
    float least = 1;
    for (int i = 0; i < q.size(); i++) {
      assertThat(q.id(i)).isBetween(i == 0 ? 0 : q.id(i - 1) + 1, VOCABULARY - 1);
      double units = q.probability(i) * (double) DraftDistribution.UNITS;
      assertThat(units).isEqualTo(Math.rint(units)).isGreaterThanOrEqualTo(1);
      kept += p[q.id(i)];
      sum += q.probability(i);
      least = Math.min(least, p[q.id(i)]);
    }
    assertThat(sum).isEqualTo(1);
    for (int id = 0; id < VOCABULARY; id++) {
      if (q.of(id) == 0) {
        assertThat(p[id]).isLessThanOrEqualTo(least);
      } else {
        assertThat((double) q.of(id)).isCloseTo(p[id] / kept, within(1e-3));
      }
    }
    DraftDistribution greedy = DraftDistribution.sparse(DRAFT, SamplingParams.GREEDY);
    assertThat(greedy.size()).isEqualTo(1);
    assertThat(greedy.of(greedy.sample(0.99))).isEqualTo(1);
  }

  @Test
  void residualIsDistributedAsTheTargetAlthoughTheDraftIsCutShort() {
    float[] p = Probabilities.of(TARGET, SAMPLING);
    DraftDistribution q = DraftDistribution.sparse(DRAFT, SAMPLING);
    long[] counts = new long[VOCABULARY];
    int accepted = 0;
    for (int position = 0; position < SAMPLES; position++) {
      Judgement judgement = judge(VerificationMode.RESIDUAL, position, q);
      counts[judgement.output()[0]]++;
      accepted += judgement.accepted();
    }
    assertThat(ChiSquare.pValue(pooled(counts, p), pooled(p))).isGreaterThan(0.01);
    double overlap = 0;
    for (int id = 0; id < VOCABULARY; id++) {
      overlap += Math.min(p[id], q.of(id));
    }
    assertThat((double) accepted / SAMPLES).isCloseTo(overlap, within(0.007));
  }

  /**
   * Eq. 1 of the paper puts out min(p, q) + (1 − β) p. Where the draft is the likelier (q &gt; p)
   * that is (2 − β) p, and nowhere else above p; so its total variation from p is (1 − β) p(q &gt;
   * p), and what is counted there in excess of p measures it.
   */
  @Test
  void paperDeviatesByTheTotalVariationThatFollowsFromItsRule() {
    float[] p = Probabilities.of(TARGET, SAMPLING);
    DraftDistribution q = DraftDistribution.sparse(DRAFT, SAMPLING);
    double overlap = 0;
    double likelier = 0;
    for (int id = 0; id < VOCABULARY; id++) {
      overlap += Math.min(p[id], q.of(id));
      likelier += q.of(id) > p[id] ? p[id] : 0;
    }
    double variation = (1 - overlap) * likelier;
    int there = 0;
    for (int position = 0; position < SAMPLES; position++) {
      int id = judge(VerificationMode.PAPER, position, q).output()[0];
      there += q.of(id) > p[id] ? 1 : 0;
    }
    double measured = (double) there / SAMPLES - likelier;
    assertThat(variation).isGreaterThan(0.05);
    // Four standard deviations of a count of SAMPLES.
    assertThat(measured).isCloseTo(variation, within(2 / Math.sqrt(SAMPLES)));
  }

  @Test
  void greedyRulesTakeTheLargestLogitWhateverIsDrafted() {
    for (VerificationMode mode :
        new VerificationMode[] {VerificationMode.PAPER, VerificationMode.RESIDUAL}) {
      TargetView view = new Distributed(mode, SamplingParams.GREEDY, new float[][] {TARGET, DRAFT});
      int first = best(TARGET);
      int second = best(DRAFT);
      DraftDistribution[] right = {DraftDistribution.sparse(TARGET, SamplingParams.GREEDY)};
      DraftDistribution[] wrong = {DraftDistribution.sparse(DRAFT, SamplingParams.GREEDY)};
      assertThat(view.judge(3, new int[] {first}, right).output()).containsExactly(first, second);
      assertThat(view.judge(3, new int[] {second}, wrong).output()).containsExactly(first);
      assertThat(view.judge(3, new int[0], new DraftDistribution[0]).output())
          .containsExactly(first);
      TargetView one = view.first(1);
      assertThat(one.places()).isEqualTo(1);
      assertThat(one.judge(3, new int[] {first}, right).output()).containsExactly(first);
      assertThat(one.then(one).judge(3, new int[] {first}, right).output())
          .containsExactly(first, first);
      assertThatThrownBy(() -> view.judge(3, new int[] {first}, new DraftDistribution[0]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static int best(float[] logits) {
    return DraftDistribution.sparse(logits, SamplingParams.GREEDY).id(0);
  }

  private static Judgement judge(VerificationMode mode, int position, DraftDistribution q) {
    TargetView view = new Distributed(mode, SAMPLING, new float[][] {TARGET});
    int draft = q.sample(Uniforms.at(SAMPLING.seed(), position, Purpose.DRAFT));
    return view.judge(position, new int[] {draft}, new DraftDistribution[] {q});
  }

  /** Cells with fewer than five expected counts are one. */
  private static long[] pooled(long[] counts, float[] p) {
    long[] pooled = new long[VOCABULARY + 1];
    for (int id = 0; id < VOCABULARY; id++) {
      pooled[cell(id, p)] += counts[id];
      assertThat(p[id] > 0 || counts[id] == 0).as("token %d", id).isTrue();
    }
    return pooled;
  }

  private static double[] pooled(float[] p) {
    double[] expected = new double[VOCABULARY + 1];
    for (int id = 0; id < VOCABULARY; id++) {
      expected[cell(id, p)] += p[id];
    }
    return expected;
  }

  private static int cell(int id, float[] p) {
    return p[id] * SAMPLES < 5 ? VOCABULARY : id;
  }
}
