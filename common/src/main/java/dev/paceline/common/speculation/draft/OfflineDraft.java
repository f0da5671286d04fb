package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.VerificationMode;

/**
 * Goes on with the draft model alone when a {@link DraftSession} has given every server up: what it
 * drafts is the output, marked {@link Provenance#DRAFT_ONLY}. It does not return to a server, whose
 * text would not follow from what was put out here. Of {@link DraftActions} it uses {@code
 * draftNext}, {@code emit} and {@code done}. Not thread-safe.
 */
public final class OfflineDraft {
  private final OpenFrame open;
  private final long longest;
  private final DraftOutcome given;
  private final DraftActions actions;
  private final TokenSequence tokens;
  private final DraftStatistics statistics;
  private boolean over;

  /**
   * @param output of the session so far
   * @param longest tokens that the text may have, its prompt included
   * @param given how the session gave up; its statistics go on counting
   */
  public OfflineDraft(
      OpenFrame open, int[] output, long longest, DraftOutcome given, DraftActions actions) {
    this.open = open;
    this.longest = longest;
    this.given = given;
    this.actions = actions;
    tokens = new TokenSequence(open.prompt(), output);
    statistics = given.statistics();
  }

  /** Asks for the first draft. */
  public void start() {
    // What the drafter's cache holds is not known here: it computes the text once more.
    ask(0, tokens.copy(0, tokens.length()));
  }

  /** The drafter's answer. */
  public void drafted(DraftRequest request, int id, long now) {
    if (over || request.position() != tokens.length()) {
      return;
    }
    int position = tokens.length();
    tokens.add(id);
    statistics.addDrafted(1);
    statistics.addDraftOnly(now);
    actions.emit(OutputRun.draftOnly(position, id));
    if (open.stopsAt(id)) {
      finish(FinishReason.STOP, "");
    } else if (tokens.length() - open.prompt().length >= open.maxTokens()) {
      finish(FinishReason.LENGTH, "");
    } else if (tokens.length() >= longest) {
      finish(FinishReason.CONTEXT, "");
    } else {
      ask(position, new int[] {id});
    }
  }

  /** Nobody judges the draft; the race picks it, as it would have picked the target's token. */
  private void ask(int keep, int[] feed) {
    actions.draftNext(new DraftRequest(0, keep, feed, 1, VerificationMode.COUPLED));
  }

  /** The drafter cannot go on: its context is full, or it broke. */
  public void failed(String sentence) {
    if (!over) {
      finish(FinishReason.UNREACHABLE, ", until it could not: " + sentence);
    }
  }

  /** The user wants no more. */
  public void cancel() {
    if (!over) {
      finish(FinishReason.CANCELLED, "");
    }
  }

  private void finish(FinishReason reason, String detail) {
    over = true;
    String sentence =
        given.sentence()
            + "; the draft model wrote the last "
            + statistics.draftOnly()
            + " tokens alone"
            + detail;
    actions.done(new DraftOutcome(reason, sentence, statistics, null));
  }
}
