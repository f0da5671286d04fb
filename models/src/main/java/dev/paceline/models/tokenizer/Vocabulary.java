package dev.paceline.models.tokenizer;

import dev.paceline.common.UserError;
import dev.paceline.models.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a byte-level BPE consists of, whichever files it came from.
 *
 * @param tokens id → token as the file writes it, without added tokens
 * @param added id → content of added tokens, which stand for their own text; may repeat ids of
 *     {@code tokens}
 * @param merges pairs {@code "left right"} in the order of their rank
 */
record Vocabulary(
    TreeMap<Integer, String> tokens, TreeMap<Integer, String> added, List<String> merges) {
  static final String END_OF_TEXT = "<|endoftext|>";
  private static final int MAX_ID = 1 << 24;

  /** Collects id → token, refusing ids that are absurd or given twice. */
  static void put(Map<Integer, String> map, String file, String token, long id) {
    if (id < 0 || id > MAX_ID) {
      throw new UserError(
          file
              + " gives token '"
              + token
              + "' the id "
              + id
              + ", which is not between 0 and "
              + MAX_ID);
    }
    String other = map.put((int) id, token);
    if (other != null) {
      throw new UserError(file + " gives both '" + other + "' and '" + token + "' the id " + id);
    }
  }

  /** Largest id + 1. */
  int size() {
    int last = tokens.isEmpty() ? -1 : tokens.lastKey();
    return Math.max(last, added.isEmpty() ? -1 : added.lastKey()) + 1;
  }

  /** The bytes of each id; empty where there is no token. */
  byte[][] bytes() {
    byte[][] table = new byte[size()][];
    for (int id = 0; id < table.length; id++) {
      String literal = added.get(id);
      String token = tokens.get(id);
      table[id] =
          literal != null
              ? literal.getBytes(StandardCharsets.UTF_8)
              : token != null ? ByteAlphabet.bytes(token) : new byte[0];
    }
    return table;
  }

  /** The id of a token, or −1. */
  int id(String token) {
    for (Map<Integer, String> map : List.of(added, tokens)) {
      for (Map.Entry<Integer, String> entry : map.entrySet()) {
        if (entry.getValue().equals(token)) {
          return entry.getKey();
        }
      }
    }
    return -1;
  }

  /**
   * SHA-256 of all (id, token) in the order of ids, then all merges in the order of ranks. Strings
   * are UTF-8 and, like the two lists, preceded by their length as a 32-bit number; numbers are
   * big-endian.
   */
  String fingerprint() {
    TreeMap<Integer, String> all = new TreeMap<>(tokens);
    all.putAll(added);
    MessageDigest digest = Digests.algorithm("SHA-256");
    number(digest, all.size());
    all.forEach(
        (id, token) -> {
          number(digest, id);
          string(digest, token);
        });
    number(digest, merges.size());
    merges.forEach(merge -> string(digest, merge));
    return Digests.hex(digest);
  }

  private static void string(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    number(digest, bytes.length);
    digest.update(bytes);
  }

  private static void number(MessageDigest digest, int value) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(value).flip());
  }
}
