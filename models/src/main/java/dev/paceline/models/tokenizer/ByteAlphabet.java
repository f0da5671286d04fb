package dev.paceline.models.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The 256 characters by which GPT-2's vocabulary writes bytes (Radford et al. 2019, {@code
 * bytes_to_unicode}): the printable ones of Latin-1 stand for themselves, the others are U+0100,
 * U+0101, … in their order.
 */
final class ByteAlphabet {
  private static final int SIZE = 0x144;
  private static final short[] BYTE_OF = new short[SIZE];

  static {
    Arrays.fill(BYTE_OF, (short) -1);
    int next = 0x100;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
      BYTE_OF[printable ? b : next++] = (short) b;
    }
  }

  private ByteAlphabet() {}

  /**
   * The bytes that a token of the vocabulary stands for; its UTF-8 if it is not written in this
   * alphabet.
   */
  static byte[] bytes(String token) {
    byte[] bytes = new byte[token.length()];
    for (int i = 0; i < bytes.length; i++) {
      char c = token.charAt(i);
      if (c >= SIZE || BYTE_OF[c] < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes[i] = (byte) BYTE_OF[c];
    }
    return bytes;
  }
}
