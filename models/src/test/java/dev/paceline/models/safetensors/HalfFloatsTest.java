package dev.paceline.models.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HalfFloatsTest {
  /** IEEE 754-2008, 3.4: sign, 5 bits of exponent (bias 15), 10 bits of fraction. */
  private static double value(int half) {
    int exponent = half >>> 10 & 31;
    int fraction = half & 1023;
    double sign = (half & 0x8000) == 0 ? 1 : -1;
    if (exponent == 31) {
      return fraction == 0 ? sign / 0.0 : Double.NaN;
    }
    return sign
        * (exponent == 0 ? fraction * 0x1p-24 : Math.scalb(1024.0 + fraction, exponent - 25));
  }

  @Test
  void everyHalfIsExactAndComesBack() {
    for (int h = 0; h < 0x10000; h++) {
      float f = HalfFloats.halfToFloat((short) h);
      assertThat(Double.compare(f, value(h))).isZero();
      if (!Float.isNaN(f)) {
        assertThat(HalfFloats.floatToHalf(f)).isEqualTo((short) h);
      } else {
        assertThat(HalfFloats.halfToFloat(HalfFloats.floatToHalf(f))).isNaN();
      }
    }
  }

  @Test
  void floatsRoundToTheNearestHalfAndTiesToEven() {
    Random random = new Random(5);
    for (int n = 0; n < 200_000; n++) {
      int h = random.nextInt(0x7BFF);
      double low = value(h);
      double high = value(h + 1);
      double middle = (low + high) / 2;
      float f = (float) (low + (high - low) * random.nextDouble());
      int expected = f < middle ? h : f > middle ? h + 1 : h + (h & 1);
      assertThat(HalfFloats.floatToHalf(f)).isEqualTo((short) expected);
      assertThat(HalfFloats.floatToHalf(-f)).isEqualTo((short) (expected | 0x8000));
      assertThat(HalfFloats.floatToHalf((float) middle)).isEqualTo((short) (h + (h & 1)));
    }
    assertThat(HalfFloats.floatToHalf(65519.99f)).isEqualTo((short) 0x7BFF);
    assertThat(HalfFloats.floatToHalf(65520f)).isEqualTo((short) 0x7C00);
    assertThat(HalfFloats.floatToHalf(Float.MIN_VALUE)).isZero();
  }

  @Test
  void bfloat16RoundsToNearestEven() {
    assertThat(HalfFloats.floatToBfloat16(1f)).isEqualTo((short) 0x3F80);
    assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(0x3F808000)))
        .isEqualTo((short) 0x3F80);
    assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(0x3F818000)))
        .isEqualTo((short) 0x3F82);
    assertThat(HalfFloats.floatToBfloat16(Float.intBitsToFloat(0x3F808001)))
        .isEqualTo((short) 0x3F81);
    assertThat(HalfFloats.bfloat16ToFloat(HalfFloats.floatToBfloat16(Float.NaN))).isNaN();
    assertThat(HalfFloats.bfloat16ToFloat((short) 0x4049)).isEqualTo(3.140625f);
    assertThat(HalfFloats.bfloat16ToFloat(HalfFloats.floatToBfloat16(Float.MAX_VALUE)))
        .isEqualTo(Float.POSITIVE_INFINITY);
  }
}
