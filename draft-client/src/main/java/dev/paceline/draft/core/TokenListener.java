package dev.paceline.draft.core;

import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;

/** Receives a generation's output; every call comes from one thread, in order. */
public interface TokenListener {
  /**
   * Output tokens, each exactly once: verified ones, unless their provenance is {@code DRAFT_ONLY}.
   */
  void tokens(OutputRun run);

  /** The last call. */
  void done(DraftOutcome outcome);
}
