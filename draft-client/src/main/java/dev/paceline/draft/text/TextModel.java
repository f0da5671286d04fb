package dev.paceline.draft.text;

import dev.paceline.models.tokenizer.Tokenizer;

/** Continues texts, one at a time. */
public interface TextModel extends AutoCloseable {
  /** What prompts are encoded with; stays open. */
  Tokenizer tokenizer();

  /** Whose text it is. */
  String modelId();

  /** Tokens that a prompt and its continuation may have together. */
  int contextLength();

  /**
   * Continues a prompt to its end on the calling thread; the listener may be called on another.
   *
   * @param cancellation ends the text early, from any thread
   * @throws dev.paceline.common.UserError if the prompt is too long, the server refuses it or can
   *     not be reached any more
   */
  TextResult run(TextRequest request, TextListener listener, Cancellation cancellation);

  /**
   * Whether it only stands in for a better one that could not be reached when it was opened; that
   * one may be there by now.
   */
  default boolean standsIn() {
    return false;
  }

  @Override
  void close();
}
