package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.Judgement;
import dev.paceline.common.verification.TargetView;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of PEARL (Liu et al., arXiv 2408.11850): while the client drafts a block of γ
 * tokens, the target runs one forward pass over what it has, and when the block is there the pass
 * is a verdict.
 *
 * <ul>
 *   <li><i>Pre-verify</i>, at first and after a rejection: the pass is over the last known token
 *       and judges the first token of the new block. Rejected: the target's token, and the block is
 *       dropped. Accepted: the rest of the block becomes tentative.
 *   <li><i>Post-verify</i>, while tokens are tentative: the pass is over them too, γ rows, and
 *       judges them and the first token of the new block. All accepted: the next round is again
 *       post-verify, and there is no bonus token. Rejected: the target's token; the rest of the old
 *       block and the whole new one are dropped.
 * </ul>
 *
 * <p>Both are one rule: a round has t tentative drafts, 0 in pre-verify; its pass yields t + 1
 * places, which judge the t drafts and the new block's first. One frame is one block. An empty one
 * says that the client drafts no more; then the last place is output without a draft.
 */
final class PearlRounds {
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final OutputEnd end;
  private @Nullable TargetView view;
  private int tentative;
  private boolean lastBlock;
  private boolean overtaken;
  private long stepNanos;
  private long queueNanos;

  /** All parameters are shared with the session. */
  PearlRounds(TokenSequence known, PendingDrafts pending, OutputEnd end) {
    this.known = known;
    this.pending = pending;
    this.end = end;
  }

  /** Whether rows of this round's pass are missing. */
  boolean needsRows(int computed) {
    return computed < known.length() + tentative;
  }

  /**
   * The next rows of the pass.
   *
   * @param computed positions that the cache holds
   */
  Work plan(WorkKind kind, int computed, int maxRows) {
    int rows = Math.min(maxRows, known.length() + tentative - computed);
    int[] tokens = new int[rows];
    for (int i = 0; i < rows; i++) {
      int position = computed + i;
      int draft = position - known.length();
      tokens[i] = draft < 0 ? known.get(position) : pending.get(draft);
    }
    int picks = Math.min(rows, computed + rows - (known.length() - 1));
    return new Work(kind, computed, tokens, Math.max(0, picks), false);
  }

  /**
   * Rows of the pass were computed.
   *
   * @return how many positions the cache holds now
   */
  int passed(Work work, TargetView seen, long step, long queue) {
    if (overtaken) {
      overtaken = false;
      // A place that is kept is not computed again.
      return Math.min(work.start(), view == null ? known.length() - 1 : known.length());
    }
    if (seen.places() > 0) {
      view = view == null ? seen : view.then(seen);
    }
    stepNanos += step;
    queueNanos += queue;
    return work.start() + work.tokens().length;
  }

  /** The client's empty block. */
  void noMoreDrafts() {
    lastBlock = true;
  }

  /**
   * A frame was taken in; one of a newer epoch withdraws what was tentative.
   *
   * @param stepping whether a step runs, whose rows are then void
   * @param replaced whether the frame began an epoch; it may bring as many drafts as it withdrew
   * @return how many positions the cache holds of what is left
   */
  int reconcile(int computed, boolean stepping, boolean replaced) {
    if (tentative == 0 || !replaced && pending.count() >= tentative) {
      return computed;
    }
    tentative = 0;
    overtaken = stepping;
    if (view != null) {
      view = view.first(1);
    }
    return Math.min(computed, known.length());
  }

  /** Whether a new block, or the word that none comes, is there to be judged. */
  boolean blockArrived() {
    return lastBlock || pending.count() > tentative;
  }

  /** How many drafts the round judges. */
  int judged() {
    return Math.min(pending.count(), tentative + 1);
  }

  /** The verdict of a round whose pass is complete and whose block has arrived. */
  Judgement judge() {
    TargetView seen = view;
    if (seen == null) {
      throw new IllegalStateException("a verdict before the pass");
    }
    int[] drafts = new int[judged()];
    Arrays.setAll(drafts, pending::get);
    return seen.judge(known.length(), drafts, pending.distributions(drafts.length));
  }

  long stepNanos() {
    return stepNanos;
  }

  long queueNanos() {
    return queueNanos;
  }

  /** The verdict was put out: what still waits is tentative. */
  void next() {
    tentative = Math.max(0, Math.min(pending.count(), end.usableDrafts(known.length())));
    view = null;
    lastBlock = false;
    stepNanos = 0;
    queueNanos = 0;
  }
}
