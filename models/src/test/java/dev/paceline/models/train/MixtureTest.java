package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MixtureTest {
  private final Corpus low = Corpus.of(IntStream.range(0, 1000).toArray());
  private final Corpus high = Corpus.of(IntStream.range(40_000, 41_000).toArray());

  private Mixture mixture() {
    return new Mixture(List.of(low, high), new double[] {3, 1}, 10, 42);
  }

  @Test
  void corporaHaveTheirShares() {
    Mixture mixture = mixture();
    int[][] batch = mixture.next(400);
    assertThat(Arrays.stream(batch).filter(s -> s[0] < 1000)).hasSize(300);
    assertThat(List.of(batch)).allSatisfy(s -> assertThat(s).hasSize(11));
    assertThat(List.of(batch)).allSatisfy(s -> assertThat(s[10]).isEqualTo(s[0] + 10));
  }

  @Test
  void anEpochRepeatsNoWindow() {
    Mixture mixture = mixture();
    Map<Integer, Integer> seen = new HashMap<>();
    for (int[] sequence : mixture.next(130)) {
      if (sequence[0] < 1000) {
        seen.merge(sequence[0], 1, Integer::sum);
      }
    }
    assertThat(seen.values()).containsOnly(1);
  }

  @Test
  void countsAreTheWholeState() {
    Mixture first = mixture();
    first.next(777);
    Mixture second = mixture();
    second.resume(first.drawn());
    assertThat(second.next(300)).isDeepEqualTo(first.next(300));
  }
}
