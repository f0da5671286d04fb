package dev.paceline.models.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Turns ids that arrive one by one into text that can be shown at once: a character whose bytes are
 * not complete yet is held back. What {@link #append} and {@link #flush} return, put together, is
 * what {@link Tokenizer#decode} returns for all ids. Not thread-safe.
 */
public final class StreamingDecoder {
  private static final int LONGEST_CHARACTER = 4;

  private final Tokenizer tokenizer;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The start of a character, ready to be read; at most three bytes between calls. */
  private ByteBuffer pending = ByteBuffer.allocate(64).limit(0);

  StreamingDecoder(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /** The text that is certain once {@code id} has arrived; may be empty. */
  public String append(int id) {
    byte[] bytes = tokenizer.bytes(id);
    int length = pending.remaining() + bytes.length;
    if (length > pending.capacity()) {
      pending = ByteBuffer.allocate(length + LONGEST_CHARACTER).put(pending);
    } else {
      pending.compact();
    }
    pending.put(bytes).flip();
    return decode(false);
  }

  /**
   * What is left at the end: nothing, or U+FFFD for a character that never got complete. Begins
   * afresh.
   */
  public String flush() {
    String rest = decode(true);
    utf8.reset();
    pending.clear().limit(0);
    return rest;
  }

  private String decode(boolean end) {
    CharBuffer out = CharBuffer.allocate(pending.remaining() + 1);
    utf8.decode(pending, out, end);
    if (end) {
      utf8.flush(out);
    }
    return out.flip().toString();
  }
}
