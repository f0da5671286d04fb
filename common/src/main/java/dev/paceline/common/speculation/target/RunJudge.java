package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.DraftDistribution;
import dev.paceline.common.verification.Judgement;
import dev.paceline.common.verification.TargetView;
import dev.paceline.common.verification.VerificationMode;
import java.util.Arrays;

/**
 * Judges the drafts of a step by what the step says. Under {@code PAPER} and {@code RESIDUAL} the
 * place after the last row judges the draft that waits for it, if there is one by now: the target's
 * own token there would only by chance be what was drafted, and end the chain otherwise. (Under
 * {@code COUPLED} it is the same token either way.)
 */
final class RunJudge {
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final boolean coupled;
  private int epoch;
  private int judged;

  /** All parameters are shared with the session. */
  RunJudge(TokenSequence known, PendingDrafts pending, VerificationMode verification) {
    this.known = known;
    this.pending = pending;
    coupled = verification == VerificationMode.COUPLED;
  }

  /** A step begins. */
  void begin() {
    epoch = pending.epoch();
  }

  /** The verdict of a step that picked. */
  Judgement judge(Work work, TargetView view) {
    int[] drafts = work.drafts();
    DraftDistribution[] origins = work.distributions();
    // A frame of a newer epoch replaces the run, perhaps while its rows are computed.
    boolean oneMore = pending.epoch() == epoch && pending.count() > drafts.length;
    if (!coupled && oneMore && !work.serverDrafted()) {
      drafts = Arrays.copyOf(drafts, drafts.length + 1);
      drafts[drafts.length - 1] = pending.get(drafts.length - 1);
      origins = pending.distributions(drafts.length);
    }
    judged = drafts.length;
    return view.judge(known.length(), drafts, origins);
  }

  /** How many drafts the last verdict judged. */
  int judged() {
    return judged;
  }
}
