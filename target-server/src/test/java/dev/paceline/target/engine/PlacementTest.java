package dev.paceline.target.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private final Placement placement = new Placement();

  private static int[] text(int length, int last) {
    int[] tokens = new int[length];
    Arrays.setAll(tokens, i -> i);
    tokens[length - 1] = last;
    return tokens;
  }

  @Test
  void findsTheLongestCommonBeginning() {
    assertThat(placement.find(text(20, 0))).isEqualTo(-1);
    placement.remember(text(20, 7), 1);
    placement.remember(text(5, 7), 2);
    // Four tokens in common with both, and the later one is what that beginning was sent to last.
    assertThat(placement.find(text(6, 9))).isEqualTo(2);
    assertThat(placement.find(text(30, 9))).isEqualTo(1);
    assertThat(placement.find(text(3, 2))).isEqualTo(-1);
    assertThat(placement.find(new int[] {9, 8, 7, 6, 5})).isEqualTo(-1);
  }

  @Test
  void namesDevicesApart() {
    assertThat(EnginePool.names(List.of("cuda:0", "cuda:1"))).containsExactly("cuda:0", "cuda:1");
    assertThat(EnginePool.names(List.of("cpu", "cpu"))).containsExactly("cpu-0", "cpu-1");
  }
}
