package dev.paceline.draft.chat;

import dev.paceline.common.speculation.draft.DraftStatistics;
import dev.paceline.draft.text.TextResult;
import java.io.PrintStream;
import java.util.Locale;

/** What speculation did in some answers. Not thread-safe. */
final class ChatFigures {
  private int answers;
  private int tokens;
  private int draftOnly;
  private long judged;
  private long accepted;
  private long serverJudged;
  private long serverAccepted;
  private long steps;
  private double ttftMs;
  private double decodeMs;

  void add(TextResult result) {
    answers++;
    tokens += result.outputTokens();
    draftOnly += result.draftOnlyTokens();
    ttftMs += result.ttftMs();
    decodeMs += result.decodeMs();
    DraftStatistics statistics = result.statistics();
    if (statistics != null) {
      judged += statistics.judged();
      accepted += statistics.accepted();
      serverJudged += statistics.serverDrafted();
      serverAccepted += statistics.serverAccepted();
      steps += statistics.verifySteps();
    }
  }

  /** A table with a column for the last answer and one for all. */
  static void print(ChatFigures last, ChatFigures all, PrintStream out) {
    row(out, "", "last", "all " + all.answers);
    row(out, "output tokens", last.tokens, all.tokens);
    if (all.draftOnly > 0) {
      row(out, "of these of draft quality", last.draftOnly, all.draftOnly);
    }
    row(out, "target steps", last.steps, all.steps);
    row(out, "drafted and verified", last.judged, all.judged);
    row(out, "accepted", last.accepted, all.accepted);
    row(out, "drafted by the server", last.serverJudged, all.serverJudged);
    row(out, "accepted of these", last.serverAccepted, all.serverAccepted);
    row(out, "acceptance rate", last.acceptanceRate(), all.acceptanceRate());
    row(out, "mean accepted length", last.meanLength(), all.meanLength());
    row(out, "time to first token, ms (TTFT)", last.meanTtft(), all.meanTtft());
    row(out, "time per output token, ms (TPOT)", last.tpot(), all.tpot());
  }

  private static void row(PrintStream out, String name, Object last, Object all) {
    out.printf("%-34s %10s %10s%n", name, shown(last), shown(all));
  }

  private static String shown(Object value) {
    return value instanceof Double number ? String.format(Locale.ROOT, "%.2f", number) : "" + value;
  }

  private double acceptanceRate() {
    return judged == 0 ? 0 : (double) accepted / judged;
  }

  private double meanLength() {
    return steps == 0 ? 1 : 1 + (double) (accepted + serverAccepted) / steps;
  }

  private double meanTtft() {
    return answers == 0 ? 0 : ttftMs / answers;
  }

  private double tpot() {
    int gaps = tokens - answers;
    return gaps <= 0 ? 0 : decodeMs / gaps;
  }
}
