package dev.paceline.target.security;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** The few DER encodings (ITU-T X.690) that a self-signed certificate is made of. */
final class Der {
  static final int CONTEXT = 0x80;
  static final int CONSTRUCTED = 0x20;

  private Der() {}

  static byte[] tagged(int tag, byte[]... contents) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (byte[] content : contents) {
      body.writeBytes(content);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = body.size();
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int skip = digits[0] == 0 ? 1 : 0;
      out.write(0x80 | (digits.length - skip));
      out.write(digits, skip, digits.length - skip);
    }
    out.writeBytes(body.toByteArray());
    return out.toByteArray();
  }

  static byte[] sequence(byte[]... elements) {
    return tagged(0x30, elements);
  }

  static byte[] set(byte[]... elements) {
    return tagged(0x31, elements);
  }

  static byte[] integer(BigInteger value) {
    return tagged(0x02, value.toByteArray());
  }

  static byte[] bitString(byte[] bytes) {
    return tagged(0x03, new byte[] {0}, bytes);
  }

  static byte[] octetString(byte[] bytes) {
    return tagged(0x04, bytes);
  }

  static byte[] utf8(String text) {
    return tagged(0x0C, text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] generalizedTime(String digits) {
    return tagged(0x18, digits.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] utcTime(String digits) {
    return tagged(0x17, digits.getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] objectIdentifier(int... arcs) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.write(40 * arcs[0] + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      int arc = arcs[i];
      int shift = 28;
      while (shift > 0 && arc >>> shift == 0) {
        shift -= 7;
      }
      for (; shift > 0; shift -= 7) {
        body.write(0x80 | (arc >>> shift & 0x7F));
      }
      body.write(arc & 0x7F);
    }
    return tagged(0x06, body.toByteArray());
  }
}
