package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.DraftDistribution;
import java.util.Arrays;

/** Chooses the rows of a session's next step: known tokens first, then drafts to judge. */
final class RowPlanner {
  private final DecodeMode mode;
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final ServerDrafts own;
  private final OutputEnd end;

  /** All parameters are shared with the session. */
  RowPlanner(
      DecodeMode mode,
      TokenSequence known,
      PendingDrafts pending,
      ServerDrafts own,
      OutputEnd end) {
    this.mode = mode;
    this.known = known;
    this.pending = pending;
    this.own = own;
    this.end = end;
  }

  /**
   * The rows.
   *
   * @param computed known positions that the cache holds
   * @param decodeOne whether a client in SYNC wants a token without a draft
   * @param maxRows at least 1
   * @param maxDrafts drafts of the client that are worth a row; the others go on waiting. Those of
   *     the server's own were made because they are
   */
  Work plan(WorkKind kind, int computed, boolean decodeOne, int maxRows, int maxDrafts) {
    int length = known.length();
    // A block of SYNC is judged with the last known token; until it is there that token waits.
    boolean picks = mode != DecodeMode.SYNC || pending.count() > 0 || decodeOne;
    int prefix = picks ? length : length - 1;
    if (prefix - computed > maxRows || !picks) {
      int rows = Math.min(maxRows, prefix - computed);
      return new Work(kind, computed, known.copy(computed, computed + rows), 0, false);
    }
    int behind = length - computed;
    boolean server = pending.count() == 0 && own.count() > 0;
    int drafts = server ? own.count() : Math.min(pending.count(), maxDrafts);
    drafts = Math.min(drafts, Math.min(maxRows - behind, end.usableDrafts(length)));
    int[] rows = Arrays.copyOf(known.copy(computed, length), behind + drafts);
    for (int i = 0; i < drafts; i++) {
      rows[behind + i] = server ? own.get(i) : pending.get(i);
    }
    DraftDistribution[] origins = pending.distributions(server ? 0 : drafts);
    return new Work(kind, computed, rows, drafts + 1, server, origins);
  }
}
