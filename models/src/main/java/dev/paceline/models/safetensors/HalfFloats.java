package dev.paceline.models.safetensors;

/**
 * Conversions between float32 and the two 16-bit types, exact one way and rounded to nearest even
 * the other.
 */
public final class HalfFloats {
  private HalfFloats() {}

  /**
   * IEEE half to float. The half's exponent and fraction, moved to float's place, are too small by
   * 2^112 whether the half is normal or subnormal, so that one multiplication is the whole
   * conversion of a finite number.
   */
  public static float halfToFloat(short half) {
    int magnitude = (half & 0x7FFF) << 13;
    int bits = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) * 0x1p112f);
    if (magnitude >= 0x7C00 << 13) {
      bits = magnitude | 0x7F800000;
    }
    return Float.intBitsToFloat(bits | (half & 0x8000) << 16);
  }

  /** Float to IEEE half; beyond the range ±infinity, NaN stays NaN. */
  public static short floatToHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    int magnitude = bits & 0x7FFFFFFF;
    if (magnitude >= 0x47800000) {
      return (short) (sign | (magnitude > 0x7F800000 ? 0x7E00 : 0x7C00));
    }
    if (magnitude < 0x38800000) {
      // Adding 0.5 leaves the multiple of 2^-24 in the low bits of the sum, rounded by the addition
      // itself.
      int rounded = Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f);
      return (short) (sign | (rounded - 0x3F000000));
    }
    int even = magnitude >>> 13 & 1;
    return (short) (sign | (magnitude - 0x38000000 + 0xFFF + even) >>> 13);
  }

  /** bfloat16 to float: the upper half of the bits. */
  public static float bfloat16ToFloat(short value) {
    return Float.intBitsToFloat(value << 16);
  }

  /** Float to bfloat16; NaN stays NaN. */
  public static short floatToBfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    if ((bits & 0x7FFFFFFF) > 0x7F800000) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }
}
