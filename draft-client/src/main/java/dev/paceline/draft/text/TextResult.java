package dev.paceline.draft.text;

import dev.paceline.common.speculation.draft.DraftStatistics;
import org.jspecify.annotations.Nullable;

/**
 * How a text ended.
 *
 * @param outputTokens tokens up to the end of the text, the one that ended it included
 * @param draftOnlyTokens those of them that no server has verified: text of draft quality
 * @param statistics of the session; null for a model that decodes alone
 * @param ttftMs from the start to the first token, 0 when there was none
 * @param tpotMs per token after the first
 */
public record TextResult(
    End end,
    int promptTokens,
    int outputTokens,
    int draftOnlyTokens,
    @Nullable DraftStatistics statistics,
    double ttftMs,
    double tpotMs) {
  /** Why. */
  public enum End {
    /** A stop string or the model's own end of text. */
    STOP,
    /** The tokens that were asked for, or the context, are used up. */
    LENGTH,
    CANCELLED
  }

  /** Milliseconds from the first token to the last. */
  public double decodeMs() {
    return tpotMs * Math.max(0, outputTokens - 1);
  }
}
