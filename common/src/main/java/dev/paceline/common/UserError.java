package dev.paceline.common;

import org.jspecify.annotations.Nullable;

/**
 * A mistake of the caller or a condition of the surroundings that a person can act on. The message
 * is one sentence that names the offending value and what was expected; commands print it without a
 * stack trace.
 */
public final class UserError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * @param sentence one sentence, with the offending value
   */
  public UserError(String sentence) {
    super(sentence);
  }

  /**
   * @param sentence one sentence, with the offending value
   * @param cause for the debug log
   */
  public UserError(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
