package dev.paceline.common.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.paceline.common.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BitRateTest {
  @ParameterizedTest
  @CsvSource({
    "64kbit, 64000",
    "64 kbit/s, 64000",
    "1.5Mbit, 1500000",
    "200kbps, 200000",
    "8kB/s, 64000",
    "8kB, 64000",
    "300bit, 300",
    "2Gbit/s, 2000000000",
    "unlimited, 0",
    "64Kbit, 64000"
  })
  void readsWhatPeopleWrite(String text, double bitsPerSecond) {
    assertThat(BitRate.parse("--uplink", text)).isEqualTo(bitsPerSecond);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "64",
        "fast",
        "-1kbit",
        "64kb it",
        "1e3bit",
        "0bit",
        "99bit",
        "9999Gbit",
        "NaNbit"
      })
  void refusesWithOneSentenceThatNamesTheValue(String text) {
    assertThatThrownBy(() -> BitRate.parse("--uplink", text))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--uplink '" + text + "'");
  }

  @ParameterizedTest
  @CsvSource({
    "0, unlimited",
    "64000, 64 kbit/s",
    "1500000, 1.5 Mbit/s",
    "300, 300 bit/s",
    "2e9, 2 Gbit/s"
  })
  void saysRatesInWords(double bitsPerSecond, String text) {
    assertThat(BitRate.text(bitsPerSecond)).isEqualTo(text);
  }

  @Test
  void wordsAreReadBack() {
    for (double rate : new double[] {120, 9600, 64_000, 1.5e6, 20e6, 1e9}) {
      assertThat(BitRate.parse("rate", BitRate.text(rate))).isEqualTo(rate);
    }
  }
}
