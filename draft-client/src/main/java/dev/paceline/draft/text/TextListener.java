package dev.paceline.draft.text;

import dev.paceline.common.speculation.draft.Provenance;

/** Receives a text as it comes; every call comes from one thread at a time, in order. */
@FunctionalInterface
public interface TextListener {
  /**
   * The next piece of the text: whole characters, never empty.
   *
   * @param from where its tokens came from
   */
  void text(String piece, Provenance from);

  /**
   * Tokens became certain together; called before their text.
   *
   * @param accepted those of the drafts among them
   */
  default void tokens(int count, int accepted) {}
}
