package dev.paceline.benchmarks.serve;

import java.io.PrintStream;

/** The report for people. */
final class LoadTable {
  private final PrintStream out;

  LoadTable(PrintStream out) {
    this.out = out;
  }

  void head(LoadPlan plan, String device, int texts) {
    out.printf(
        "%s, %s on %s: prompts of %d, %d tokens each, acceptance %.2f, window %s; %.1f s per line;"
            + " %d recorded texts%n",
        plan.model(),
        plan.precision().label(),
        device,
        plan.promptTokens(),
        plan.maxTokens(),
        plan.acceptance(),
        plan.window() == 0 ? "auto (" + plan.firstWindow() + ")" : "" + plan.window(),
        plan.seconds(),
        texts);
    out.println(
        "ITL: the gap between verdicts over the tokens of the later one; gap: not divided; TPOT: a"
            + " session's mean; allowed: the same steps replayed without a server, in turns");
    out.printf(
        "%8s %-11s %8s %8s %8s %8s %8s %8s %8s %6s %7s %7s %6s %8s %7s %8s %8s %6s %4s%n",
        "sessions",
        "mode",
        "tok/s",
        "ITL p50",
        "p95",
        "p99",
        "gap p95",
        "TPOT p95",
        "TTFT",
        "accLen",
        "steps/s",
        "sess/st",
        "rows",
        "step ms",
        "in step",
        "replay",
        "allowed",
        "ratio",
        "bad");
  }

  void line(Figures f) {
    out.printf(
        "%8d %-11s %8.1f %8.2f %8.2f %8.2f %8.2f %8.2f %8.1f %6.2f %7.1f %7.1f %6.1f %8.2f %7.2f"
            + " %8.2f %8.1f %6.2f %4d%n",
        f.sessions(),
        f.drafts() ? "drafts" : "server-only",
        f.tokensPerSecond(),
        f.itlP50Ms(),
        f.itlP95Ms(),
        f.itlP99Ms(),
        f.gapP95Ms(),
        f.tpotP95Ms(),
        f.ttftP50Ms(),
        f.acceptedLength(),
        f.stepsPerSecond(),
        f.sessionsPerStep(),
        f.rowsPerStep(),
        f.stepMs(),
        f.inSteps(),
        f.replayMs(),
        f.allowed(),
        f.ratio(),
        f.mismatches());
  }

  void capacity(Capacity c) {
    out.printf(
        "capacity at %s <= %.2f ms: %s sessions with drafts, %s server-only, ratio %.2f%n",
        c.latency(), c.sloMs(), count(c.withDrafts(), c), count(c.serverOnly(), c), c.ratio());
  }

  private static String count(double sessions, Capacity c) {
    return (sessions == c.measuredTo() ? "at least " : "") + String.format("%.1f", sessions);
  }

  void neverSlower(NeverSlower.Report r) {
    out.printf(
        "never slower (one session, medians of %d): server-only %.2f ms per token; acceptance 0"
            + " %.2f ms, ratio %.3f; drafter at a tenth of the speed %.2f ms, ratio %.3f;"
            + " %d mismatches%n",
        r.rounds(),
        r.serverOnlyMs(),
        r.uselessMs(),
        r.uselessRatio(),
        r.slowMs(),
        r.slowRatio(),
        r.mismatches());
  }
}
