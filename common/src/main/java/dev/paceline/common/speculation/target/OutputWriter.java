package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.Judgement;
import dev.paceline.common.verification.VerificationMode;
import org.jspecify.annotations.Nullable;

/** Puts the output of a judged step into the text, counts it, and tells the client. */
final class OutputWriter {
  private final VerificationMode verification;
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final ServerDrafts own;
  private final DraftOutlook outlook;
  private final OutputEnd end;
  private final SpeculationStatistics statistics;
  private final TargetActions actions;

  OutputWriter(
      OpenFrame open,
      TokenSequence known,
      PendingDrafts pending,
      ServerDrafts own,
      DraftOutlook outlook,
      OutputEnd end,
      SpeculationStatistics statistics,
      TargetActions actions) {
    verification = open.verification();
    this.known = known;
    this.pending = pending;
    this.own = own;
    this.outlook = outlook;
    this.end = end;
    this.statistics = statistics;
    this.actions = actions;
  }

  /**
   * Sends the verdict of a step.
   *
   * @param drafts that were judged
   * @param server whether they were the server's own
   * @return why the text ends with it; null if it goes on
   */
  @Nullable FinishReason write(
      int drafts, boolean server, Judgement judgement, long stepNanos, long queueNanos, long now) {
    int first = known.length();
    int epoch = pending.epoch();
    int compared = 0;
    int agreed = 0;
    FinishReason reason = null;
    for (int id : judgement.output()) {
      if (pending.count() > 0) {
        compared++;
        agreed += pending.get(0) == id ? 1 : 0;
      }
      statistics.addStale(pending.commit(id));
      own.commit(id);
      reason = end.reached(known);
      if (reason != null) {
        break;
      }
    }
    int[] output = known.copy(first, known.length());
    int right = Math.min(judgement.accepted(), output.length);
    int accepted = server ? 0 : right;
    int judged = server ? 0 : drafts;
    int serverJudged = server ? drafts : 0;
    int serverAccepted = server ? right : 0;
    statistics.addStep(judged, accepted, serverJudged, serverAccepted);
    own.stepped(accepted, serverJudged, serverAccepted);
    if (verification == VerificationMode.COUPLED) {
      // Drafts that were not judged show for free whether they were right.
      outlook.compared(compared, agreed);
    } else {
      outlook.compared(judged, judgement.accepted());
    }
    outlook.hold().stepped(stepNanos, output.length, accepted, now);
    if (pending.epoch() > epoch) {
      outlook.hold().arrivals().chainOpened(now);
    }
    actions.sendVerdict(
        new VerdictFrame(
                pending.epoch(),
                first,
                accepted,
                judged,
                output,
                stepNanos,
                queueNanos,
                outlook.windowAdvice())
            .withServerDrafts(serverJudged, serverAccepted)
            .withOwnDraft(outlook.ownDraftNews()));
    return reason;
  }
}
