package dev.paceline.draft.cli;

import dev.paceline.common.verification.VerificationMode;
import java.io.PrintStream;
import org.jspecify.annotations.Nullable;

/**
 * What the demo compares.
 *
 * @param serverOnly the same prompt without drafts; null when no server ran
 * @param matches whether the text is what the target writes alone
 * @param verification the rule that judged the drafts
 */
record DemoRun(
    RunResult result,
    @Nullable RunResult serverOnly,
    boolean matches,
    VerificationMode verification) {
  void print(PrintStream out) {
    out.println();
    out.printf("%-34s %12s", "", result.mode());
    if (serverOnly != null) {
      out.printf(" %12s", "server-only");
    }
    out.println();
    row(
        out,
        "output tokens",
        result.outputTokens(),
        serverOnly == null ? null : serverOnly.outputTokens());
    row(
        out,
        "target steps",
        result.verifySteps(),
        serverOnly == null ? null : serverOnly.verifySteps());
    row(out, "drafted and verified", result.drafted(), null);
    row(out, "accepted", result.accepted(), null);
    row(out, "acceptance rate", result.acceptanceRate(), null);
    row(
        out,
        "mean accepted length",
        result.meanAcceptedLength(),
        serverOnly == null ? null : serverOnly.meanAcceptedLength());
    row(
        out,
        "time to first token, ms (TTFT)",
        result.ttftMs(),
        serverOnly == null ? null : serverOnly.ttftMs());
    row(
        out,
        "time per output token, ms (TPOT)",
        result.tpotMs(),
        serverOnly == null ? null : serverOnly.tpotMs());
    row(
        out,
        "tokens per second",
        result.tokensPerSecond(),
        serverOnly == null ? null : serverOnly.tokensPerSecond());
    out.println();
    out.println(sentence());
    if (serverOnly != null) {
      out.println(
          "Draft and target share this machine's processor here: drafts come late and win little"
              + " time ('--decode sync'");
      out.println(
          "waits for them). 'paceline bench modes --quick' shows what they win with devices, a"
              + " server and a link of given speeds.");
    }
  }

  private String sentence() {
    if (matches) {
      return "The text is identical to what the target model writes alone.";
    }
    switch (verification) {
      case RESIDUAL:
        return "The text is another of the target model's own distribution.";
      case PAPER:
        return "The text is another, and not of the target model's own distribution.";
      default:
        return "The text DIFFERS from what the target model writes alone.";
    }
  }

  private static void row(PrintStream out, String name, Number value, @Nullable Number other) {
    out.printf("%-34s %12s %12s%n", name, text(value), other == null ? "" : text(other));
  }

  private static String text(Number value) {
    return value instanceof Double ? String.format("%.2f", value.doubleValue()) : value.toString();
  }
}
