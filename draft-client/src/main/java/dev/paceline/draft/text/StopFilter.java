package dev.paceline.draft.text;

import dev.paceline.common.speculation.draft.Provenance;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Ends a text before the first stop string in it. Text that may be the beginning of one is held
 * back until it is certain. "First" is the stop string that is complete first, the longer of two
 * that are complete together; so the result does not depend on how the text is cut into pieces. Not
 * thread-safe.
 */
final class StopFilter {
  private final List<String> stops;
  private final int longest;
  private final TextListener next;

  /** Held back, oldest first; joined, they are {@link #text}. */
  private final Deque<Piece> pieces = new ArrayDeque<>();

  private final StringBuilder text = new StringBuilder();
  private boolean stopped;

  private record Piece(String text, Provenance from) {}

  /**
   * @param stops none empty
   * @param next gets the text
   */
  StopFilter(List<String> stops, TextListener next) {
    this.stops = stops;
    this.next = next;
    longest = stops.stream().mapToInt(String::length).max().orElse(0);
  }

  /** Whether a stop string was found; whatever is appended after it is dropped. */
  boolean stopped() {
    return stopped;
  }

  void append(String piece, Provenance from) {
    if (stopped || piece.isEmpty()) {
      return;
    }
    int searched = text.length();
    pieces.add(new Piece(piece, from));
    text.append(piece);
    int found = found(searched);
    if (found >= 0) {
      stopped = true;
      release(found);
      pieces.clear();
      text.setLength(0);
    } else {
      release(certain());
    }
  }

  /** The text ends here; what was held back is no stop string. */
  void flush() {
    release(text.length());
  }

  /**
   * Where the first stop string begins, or −1.
   *
   * @param searched characters in which none ends
   */
  private int found(int searched) {
    for (int end = searched + 1; end <= text.length(); end++) {
      int start = -1;
      int length = 0;
      for (String stop : stops) {
        int begin = end - stop.length();
        if (stop.length() > length && begin >= 0 && matches(begin, stop, stop.length())) {
          start = begin;
          length = stop.length();
        }
      }
      if (start >= 0) {
        return start;
      }
    }
    return -1;
  }

  /** Characters that belong to no stop string, whatever follows. */
  private int certain() {
    int first = Math.max(0, text.length() - longest + 1);
    for (int start = first; start < text.length(); start++) {
      int held = text.length() - start;
      for (String stop : stops) {
        if (stop.length() > held && matches(start, stop, held)) {
          return start;
        }
      }
    }
    return text.length();
  }

  private boolean matches(int start, String stop, int length) {
    for (int i = 0; i < length; i++) {
      if (text.charAt(start + i) != stop.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void release(int characters) {
    int left = characters;
    while (left > 0) {
      Piece first = pieces.remove();
      int taken = Math.min(left, first.text().length());
      if (taken < first.text().length()) {
        pieces.addFirst(new Piece(first.text().substring(taken), first.from()));
      }
      left -= taken;
      next.text(first.text().substring(0, taken), first.from());
    }
    text.delete(0, characters);
  }
}
