package dev.paceline.draft.chat;

import dev.paceline.models.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** The text that person and model write in turns. Not thread-safe. */
final class RunningText {
  private final StringBuilder text = new StringBuilder();

  /** Lengths before each turn. */
  private final Deque<Integer> turns = new ArrayDeque<>();

  /** Begins a turn with a line of the person's, or without one if it is empty. */
  void begin(String line) {
    turns.push(text.length());
    if (!line.isEmpty() && text.length() > 0 && text.charAt(text.length() - 1) != '\n') {
      text.append('\n');
    }
    text.append(line);
  }

  void append(String piece) {
    text.append(piece);
  }

  /** Takes the last turn back; false if there is none. */
  boolean undo() {
    if (turns.isEmpty()) {
      return false;
    }
    text.setLength(turns.pop());
    return true;
  }

  void clear() {
    text.setLength(0);
    turns.clear();
  }

  /**
   * The ids to continue: all, or as many of the last as leave room for an answer, which has half of
   * the context for sure.
   */
  int[] prompt(Tokenizer tokenizer, int contextLength, int maxTokens) {
    int[] ids = tokenizer.encode(text.toString());
    int most = contextLength - Math.max(1, Math.min(maxTokens, contextLength / 2));
    return ids.length <= most ? ids : Arrays.copyOfRange(ids, ids.length - most, ids.length);
  }

  boolean isEmpty() {
    return text.length() == 0;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
