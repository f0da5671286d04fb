package dev.paceline.common.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The hash behaves like chance, and the race like sampling. Seeds are fixed; over 200 other seeds
 * the p-values of these tests were uniform, as they must be.
 */
class RaceStatisticsTest {
  private static final double SMALLEST_P = 0.01;
  private static final int SAMPLES = 100_000;

  @ParameterizedTest
  @CsvSource({"0, 0", "0, 24", "12345, 0", "12345, 8", "12345, 16", "12345, 24", "-1, 24"})
  void everyByteOfTheHashIsUniform(long seed, int shift) {
    long[] counts = new long[256];
    for (int position = 0; position < 100; position++) {
      long key = Race.key(seed, position);
      for (int token = 0; token < 5_000; token++) {
        counts[Race.hash(key, token) >>> shift & 0xFF]++;
      }
    }
    assertThat(ChiSquare.pValue(counts, ones(256))).isGreaterThan(SMALLEST_P);
  }

  /** Pairs do not overlap: each hash is in one pair only. */
  @ParameterizedTest
  @CsvSource({"0, 1, 0", "0, 0, 1", "1, 0, 0", "0, 1, 1", "0, 64, 0", "0, 0, 4096", "1, -1, 0"})
  void neighboursAreIndependent(int seeds, int positions, int tokens) {
    long[] counts = new long[256];
    for (int seed = 0; seed < 60; seed += 3) {
      for (int position = 1; position < 20_000; position += 200) {
        long one = Race.key(seed, position);
        long two = Race.key(seed + seeds, position + positions);
        for (int token = 0; token < 1_000_000; token += 5_000) {
          int high = Race.hash(one, token) >>> 28;
          int low = Race.hash(two, token + tokens) >>> 28;
          counts[high * 16 + low]++;
        }
      }
    }
    assertThat(ChiSquare.pValue(counts, ones(256))).isGreaterThan(SMALLEST_P);
  }

  @ParameterizedTest
  @CsvSource({"1, 0, 1", "0.7, 0, 1", "2, 0, 1", "1, 4, 1", "1, 0, 0.8", "0.5, 6, 0.9"})
  void tokensWinAsOftenAsTheSoftmaxSays(float temperature, int topK, float topP) {
    float[] logits = {1.5f, -1, 0.25f, 2, 0, 0.25f, -3, 1};
    SamplingParams params = new SamplingParams(temperature, topK, topP, 2024);
    long[] counts = new long[logits.length];
    for (int position = 0; position < SAMPLES; position++) {
      counts[Race.pick(logits, params, position)]++;
    }
    assertThat(ChiSquare.pValue(counts, softmax(logits, params))).isGreaterThan(SMALLEST_P);
  }

  @Test
  void tokensWinAsOftenOverSeedsAsOverPositions() {
    float[] logits = {1.5f, -1, 0.25f, 2, 0, 0.25f, -3, 1};
    long[] counts = new long[logits.length];
    for (int seed = 0; seed < SAMPLES; seed++) {
      counts[Race.pick(logits, new SamplingParams(1, 0, 1, seed), 17)]++;
    }
    double[] expected = softmax(logits, new SamplingParams(1, 0, 1, 0));
    assertThat(ChiSquare.pValue(counts, expected)).isGreaterThan(SMALLEST_P);
  }

  /**
   * Daliri, Musco, Suresh, arXiv 2408.07978: the exact chance of two coupled races, and its bound.
   */
  @ParameterizedTest
  @CsvSource({"1, 0.2", "2, 0.5", "3, 1", "4, 2", "5, 4"})
  void coupledRacesAgreeAsOftenAsTheTheorySays(long seed, double noise) {
    Random random = new Random(seed);
    float[] target = new float[40];
    float[] draft = new float[40];
    for (int i = 0; i < target.length; i++) {
      target[i] = (float) (2 * random.nextGaussian());
      draft[i] = (float) (target[i] + noise * random.nextGaussian());
    }
    SamplingParams params = new SamplingParams(1, 0, 1, seed);
    int agreed = 0;
    for (int position = 0; position < SAMPLES; position++) {
      if (Race.pick(target, params, position) == Race.pick(draft, params, position)) {
        agreed++;
      }
    }
    double[] p = softmax(target, params);
    double[] q = softmax(draft, params);
    double exact = 0;
    double variation = 0;
    for (int i = 0; i < p.length; i++) {
      double sum = 0;
      for (int j = 0; j < p.length; j++) {
        sum += Math.max(p[j] / p[i], q[j] / q[i]);
      }
      exact += 1 / sum;
      variation += Math.abs(p[i] - q[i]) / 2;
    }
    double deviation = Math.sqrt(exact * (1 - exact) / SAMPLES);
    assertThat((double) agreed / SAMPLES).isCloseTo(exact, within(3 * deviation));
    assertThat(exact).isBetween((1 - variation) / (1 + variation), 1 - variation);
  }

  @Test
  void tiesAtTheEdgeOfAFilterAreKept() {
    float[] logits = {1, 3, 2, 2, 2, 0};
    assertThat(Race.threshold(logits, new SamplingParams(1, 2, 1, 0))).isEqualTo(2);
    assertThat(Race.threshold(logits, new SamplingParams(1, 1, 1, 0))).isEqualTo(3);
    assertThat(Race.threshold(logits, new SamplingParams(1, 0, 0.5f, 0))).isEqualTo(2);
    assertThat(Race.threshold(logits, new SamplingParams(1, 0, 0.1f, 0))).isEqualTo(3);
    assertThat(Race.threshold(logits, new SamplingParams(1, 6, 1, 0)))
        .isEqualTo(Float.NEGATIVE_INFINITY);
    boolean[] won = new boolean[6];
    for (int position = 0; position < 1000; position++) {
      won[Race.pick(logits, new SamplingParams(1, 2, 1, 5), position)] = true;
    }
    assertThat(won).containsExactly(false, true, true, true, true, false);
  }

  @Test
  void greedyTakesTheFirstOfTheLargest() {
    float[] logits = {1, 3, 3, 2};
    assertThat(Race.pick(logits, SamplingParams.GREEDY, 0)).isEqualTo(1);
    assertThat(Race.pick(logits, new SamplingParams(5, 1, 1, 7), 3)).isEqualTo(1);
    assertThat(Race.pick(logits, new SamplingParams(1e-30f, 0, 1, 7), 3)).isEqualTo(1);
  }

  @Test
  void extremeLogitsGiveAnIdOfTheVocabulary() {
    float inf = Float.POSITIVE_INFINITY;
    float[][] extremes = {
      {-inf, -inf, -inf},
      {-inf, 1, -inf},
      {0, inf, inf},
      {Float.NaN, 1, 2},
      {1, Float.NaN, 2},
      {Float.MAX_VALUE, -Float.MAX_VALUE, 0},
      {Float.MAX_VALUE, Float.MAX_VALUE, Float.MAX_VALUE},
    };
    SamplingParams[] all = {
      SamplingParams.GREEDY,
      new SamplingParams(1, 0, 1, 1),
      new SamplingParams(1e-4f, 0, 1, 1),
      new SamplingParams(100, 2, 0.5f, 1),
    };
    for (float[] logits : extremes) {
      for (SamplingParams params : all) {
        for (int position = 0; position < 50; position++) {
          assertThat(Race.pick(logits, params, position)).isBetween(0, 2);
        }
      }
    }
    for (int position = 0; position < 50; position++) {
      assertThat(Race.pick(extremes[1], all[1], position)).isEqualTo(1);
      assertThat(Race.pick(extremes[5], all[2], position)).isZero();
    }
  }

  static double[] softmax(float[] logits, SamplingParams params) {
    double[] p = new double[logits.length];
    float threshold = Race.threshold(logits, params);
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = logits[i] < threshold ? 0 : Math.exp(logits[i] / params.temperature());
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static double[] ones(int cells) {
    double[] expected = new double[cells];
    Arrays.fill(expected, 1);
    return expected;
  }
}
