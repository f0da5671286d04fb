package dev.paceline.draft.core;

import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;

/** Receives a generation's output; every call comes from one thread, in order. */
public interface TokenListener {
  /** Verified tokens, each exactly once. */
  void tokens(OutputRun run);

  /** The last call. */
  void done(DraftOutcome outcome);
}
