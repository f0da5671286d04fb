package dev.paceline.scheduler.mec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Against tables computed by Sionna 1.2.1 (sionna/README.md says how). */
class UmiPathLossTest {
  @Test
  void pathLossEqualsSionnasToAHundredthOfADecibel() throws IOException {
    List<double[]> rows = table("umi_pathloss.csv");
    assertThat(rows).hasSize(210);
    for (double[] r : rows) {
      assertThat(UmiPathLoss.decibel(r[0], r[2], r[3], r[4], r[5] == 1))
          .as("at %s m, %s GHz, height %s m, los %s", r[0], r[4], r[3], r[5])
          .isCloseTo(r[6], within(0.01));
    }
  }

  @Test
  void losProbabilityEqualsSionnasToAMillionth() throws IOException {
    List<double[]> rows = table("umi_plos.csv");
    assertThat(rows).hasSize(50);
    for (double[] r : rows) {
      assertThat(UmiPathLoss.losProbability(r[0]))
          .as("at %s m", r[0])
          .isCloseTo(r[1], within(1e-6));
    }
  }

  private static List<double[]> table(String name) throws IOException {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    UmiPathLossTest.class.getResourceAsStream("/sionna/" + name)),
                StandardCharsets.UTF_8))) {
      return in.lines()
          .skip(1)
          .map(
              line ->
                  java.util.Arrays.stream(line.split(",", -1))
                      .mapToDouble(Double::parseDouble)
                      .toArray())
          .toList();
    }
  }
}
