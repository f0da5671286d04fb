package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.TokenSequence;
import java.util.Arrays;

/** Chooses the rows of a session's next step: known tokens first, then drafts to judge. */
final class RowPlanner {
  private final DecodeMode mode;
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final OutputEnd end;

  /** All parameters are shared with the session. */
  RowPlanner(DecodeMode mode, TokenSequence known, PendingDrafts pending, OutputEnd end) {
    this.mode = mode;
    this.known = known;
    this.pending = pending;
    this.end = end;
  }

  /**
   * The rows.
   *
   * @param computed known positions that the cache holds
   * @param decodeOne whether a client in SYNC wants a token without a draft
   * @param maxRows at least 1
   * @param maxDrafts drafts that are worth a row; the others go on waiting
   */
  Work plan(WorkKind kind, int computed, boolean decodeOne, int maxRows, int maxDrafts) {
    int length = known.length();
    // A block of SYNC is judged with the last known token; until it is there that token waits.
    boolean picks = mode != DecodeMode.SYNC || pending.count() > 0 || decodeOne;
    int prefix = picks ? length : length - 1;
    if (prefix - computed > maxRows || !picks) {
      int rows = Math.min(maxRows, prefix - computed);
      return new Work(kind, computed, known.copy(computed, computed + rows), 0);
    }
    int behind = length - computed;
    int drafts = Math.min(pending.count(), maxRows - behind);
    drafts = Math.min(drafts, Math.min(maxDrafts, end.usableDrafts(length)));
    int[] rows = Arrays.copyOf(known.copy(computed, length), behind + drafts);
    for (int i = 0; i < drafts; i++) {
      rows[behind + i] = pending.get(i);
    }
    return new Work(kind, computed, rows, drafts + 1);
  }
}
