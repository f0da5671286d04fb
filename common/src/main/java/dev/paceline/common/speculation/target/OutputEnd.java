package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.TokenSequence;
import org.jspecify.annotations.Nullable;

/** Where a generation ends: at a stop id, at the granted length or at the end of the context. */
final class OutputEnd {
  private final OpenFrame open;
  private final int granted;
  private final int longest;

  OutputEnd(OpenFrame open, SessionLimits limits) {
    this.open = open;
    granted = Math.min(open.maxTokens(), limits.maxTokens());
    longest = (int) Math.min((long) open.prompt().length + granted, limits.contextLength());
  }

  /** Why the sequence is complete; null while it is not. */
  @Nullable FinishReason reached(TokenSequence known) {
    int output = known.length() - open.prompt().length;
    if (output > 0 && open.stopsAt(known.get(known.length() - 1))) {
      return FinishReason.STOP;
    }
    if (known.length() < longest) {
      return null;
    }
    return output >= granted ? FinishReason.LENGTH : FinishReason.CONTEXT;
  }

  /** How many drafts a step can use: the step's own last token must still fit. */
  int usableDrafts(int knownLength) {
    return longest - knownLength - 1;
  }
}
