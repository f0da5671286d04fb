package dev.paceline.common.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The published vectors, which an independent implementation made ({@code race_vectors.py}). */
class RaceVectorsTest {
  @Test
  void agreesWithThePublishedVectors() throws IOException {
    Map<String, Integer> seen = new HashMap<>();
    try (InputStream in = RaceVectorsTest.class.getResourceAsStream("race-vectors.csv")) {
      assertThat(in).isNotNull();
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.startsWith("#")) {
          String[] cells = line.split(",");
          check(cells, line);
          seen.merge(cells[0], 1, Integer::sum);
        }
      }
    }
    assertThat(seen.keySet())
        .containsExactlyInAnyOrder("mix", "key", "constant", "complement", "score", "pick");
    assertThat(seen.get("pick")).isGreaterThan(250);
  }

  private static void check(String[] cells, String line) {
    switch (cells[0]) {
      case "mix":
        assertThat(Race.mix(hex(cells[1]))).as(line).isEqualTo(hex(cells[2]));
        break;
      case "key":
        assertThat(Race.key(hex(cells[1]), Integer.parseInt(cells[2])))
            .as(line)
            .isEqualTo(hex(cells[3]));
        break;
      case "constant":
        assertThat(Race.tokenConstant(Integer.parseInt(cells[1])))
            .as(line)
            .isEqualTo(hex(cells[2]));
        break;
      case "complement":
        checkBits((int) hex(cells[1]), cells[2], cells[3], line);
        break;
      case "score":
        long key = Race.key(hex(cells[1]), Integer.parseInt(cells[2]));
        int bits = Race.hash(key, Integer.parseInt(cells[3]));
        assertThat(bits).as(line).isEqualTo((int) hex(cells[4]));
        checkBits(bits, cells[5], cells[6], line);
        break;
      default:
        checkPick(cells, line);
    }
  }

  private static void checkBits(int bits, String complement, String gumbel, String line) {
    assertThat(Float.floatToIntBits(Race.complement(bits)))
        .as(line)
        .isEqualTo((int) hex(complement));
    float expected = Float.parseFloat(gumbel);
    assertThat(Race.gumbel(bits)).as(line).isCloseTo(expected, within(2 * Math.ulp(expected)));
  }

  private static void checkPick(String[] cells, String line) {
    String[] numbers = cells[7].split(" ");
    float[] logits = new float[numbers.length];
    for (int i = 0; i < logits.length; i++) {
      logits[i] = Float.parseFloat(numbers[i]);
    }
    SamplingParams params =
        new SamplingParams(
            Float.parseFloat(cells[3]),
            Integer.parseInt(cells[4]),
            Float.parseFloat(cells[5]),
            hex(cells[1]));
    assertThat(Race.pick(logits, params, Integer.parseInt(cells[2])))
        .as(line)
        .isEqualTo(Integer.parseInt(cells[6]));
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }
}
