package dev.paceline.common.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.sampling.ChiSquare;
import dev.paceline.common.sampling.Uniforms;
import dev.paceline.common.sampling.Uniforms.Purpose;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the three rules put out when drafts are sampled from q and judged against p. */
class VerificationRulesTest {
  private static final int SAMPLES = 200_000;
  private static final float[] P = {0.4f, 0.05f, 0.25f, 0.2f, 0.08f, 0.02f};
  private static final float[] Q = {0.1f, 0.3f, 0.3f, 0.05f, 0.25f, 0};
  private static final DraftDistribution SENT =
      new DraftDistribution(new int[] {0, 1, 2, 3, 4}, Arrays.copyOf(Q, 5));

  @Test
  void coupledTakesTheTargetsPicks() {
    Judgement some = CoupledRule.judge(new int[] {5, 6, 7}, new int[] {5, 6, 8, 9});
    assertThat(some.accepted()).isEqualTo(2);
    assertThat(some.output()).containsExactly(5, 6, 8);
    Judgement all = CoupledRule.judge(new int[] {5}, new int[] {5, 6});
    assertThat(all.accepted()).isEqualTo(1);
    assertThat(all.output()).containsExactly(5, 6);
    Judgement none = CoupledRule.judge(new int[0], new int[] {5});
    assertThat(none.output()).containsExactly(5);
    assertThatThrownBy(() -> CoupledRule.judge(new int[1], new int[1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void coupledIsDistributedAsTheTargetAndDoesNotDependOnTheDraft() {
    VerificationRule rule = new CoupledRule();
    long[] counts = new long[P.length];
    for (int position = 0; position < SAMPLES; position++) {
      int[] seen = new int[3];
      for (int draft = 0; draft < 3; draft++) {
        seen[draft] = judge(rule, 5, position, draft).output()[0];
      }
      assertThat(seen[1]).isEqualTo(seen[0]);
      assertThat(seen[2]).isEqualTo(seen[0]);
      counts[seen[0]]++;
    }
    assertThat(ChiSquare.pValue(counts, doubles(P))).isGreaterThan(0.01);
  }

  @Test
  void residualIsDistributedAsTheTarget() {
    assertThat(ChiSquare.pValue(sample(new ResidualRule(), 6), doubles(P))).isGreaterThan(0.01);
  }

  @Test
  void paperDeviatesAsItsFormulaSays() {
    long[] counts = sample(new PaperRule(), 7);
    double[] formula = new double[P.length];
    double overlap = 0;
    for (int i = 0; i < P.length; i++) {
      overlap += Math.min(P[i], Q[i]);
    }
    double variation = 0;
    for (int i = 0; i < P.length; i++) {
      formula[i] = Math.min(P[i], Q[i]) + (1 - overlap) * P[i];
      variation += Math.abs(formula[i] - P[i]) / 2;
    }
    assertThat(variation).isBetween(0.1, 0.2);
    assertThat(ChiSquare.pValue(counts, formula)).isGreaterThan(0.01);
    assertThat(ChiSquare.pValue(counts, doubles(P))).isLessThan(1e-6);
  }

  /**
   * What goes wrong when one number judges a position and samples the next: pairs must be products.
   */
  @Test
  void consecutiveOutputsOfResidualAreIndependent() {
    VerificationRule rule = new ResidualRule();
    long[] pairs = new long[P.length * P.length];
    double[] expected = new double[pairs.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = (double) P[i / P.length] * P[i % P.length];
    }
    for (int n = 0; n < SAMPLES; n++) {
      int first = judge(rule, n, 2 * n, drafted(n, 2 * n)).output()[0];
      int second = judge(rule, n, 2 * n + 1, drafted(n, 2 * n + 1)).output()[0];
      pairs[first * P.length + second]++;
    }
    assertThat(ChiSquare.pValue(pairs, expected)).isGreaterThan(0.01);
  }

  @Test
  void uniformsOfDifferentPurposesPositionsAndSeedsAreIndependent() {
    for (Purpose one : Purpose.values()) {
      for (Purpose two : Purpose.values()) {
        for (int shift = 0; shift < 3; shift++) {
          if (one == two && shift == 0) {
            continue;
          }
          long[] cells = new long[100];
          double[] even = new double[100];
          Arrays.fill(even, 1);
          for (int n = 0; n < 50_000; n++) {
            double a = Uniforms.at(3, n, one);
            double b = Uniforms.at(shift == 2 ? 4 : 3, shift == 1 ? n + 1 : n, two);
            cells[(int) (a * 10) * 10 + (int) (b * 10)]++;
          }
          assertThat(ChiSquare.pValue(cells, even))
              .as("%s and %s, shift %d", one, two, shift)
              .isGreaterThan(0.0005);
        }
      }
    }
  }

  @Test
  void aRunEndsAtItsFirstRejection() {
    float[] certain = {0, 0, 1, 0, 0, 0};
    DraftDistribution q = new DraftDistribution(new int[] {2, 3}, new float[] {0.5f, 0.5f});
    for (VerificationRule rule :
        new VerificationRule[] {new CoupledRule(), new PaperRule(), new ResidualRule()}) {
      float[][] p = {certain, certain, certain, certain};
      DraftDistribution[] qs = {q, q, q};
      Judgement judgement = rule.judge(1, 10, new int[] {2, 3, 2}, i -> p[i], 4, qs);
      assertThat(judgement.accepted()).isEqualTo(1);
      assertThat(judgement.output()).containsExactly(2, 2);
      Judgement all = rule.judge(1, 10, new int[] {2, 2, 2}, i -> p[i], 4, qs);
      assertThat(all.output()).containsExactly(2, 2, 2, 2);
      Judgement noBonus = rule.judge(1, 10, new int[] {2, 2, 2}, i -> p[i], 3, qs);
      assertThat(noBonus.output()).containsExactly(2, 2, 2);
    }
  }

  private static long[] sample(VerificationRule rule, long seed) {
    long[] counts = new long[P.length];
    for (int position = 0; position < SAMPLES; position++) {
      counts[judge(rule, seed, position, drafted(seed, position)).output()[0]]++;
    }
    return counts;
  }

  private static int drafted(long seed, int position) {
    return Uniforms.invert(Q, Uniforms.at(seed, position, Purpose.DRAFT));
  }

  private static Judgement judge(VerificationRule rule, long seed, int position, int draft) {
    return rule.judge(
        seed, position, new int[] {draft}, place -> P, 2, new DraftDistribution[] {SENT});
  }

  private static double[] doubles(float[] values) {
    double[] copy = new double[values.length];
    for (int i = 0; i < copy.length; i++) {
      copy[i] = values[i];
    }
    return copy;
  }
}
