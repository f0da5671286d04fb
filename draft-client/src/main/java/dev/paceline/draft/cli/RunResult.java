package dev.paceline.draft.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.paceline.common.speculation.draft.DraftStatistics;
import dev.paceline.draft.text.TextResult;

/**
 * How one generation went, with the names of its JSON form.
 *
 * @param drafted draft tokens of this client that a verification step judged
 * @param serverDrafted tokens that the server drafted itself and a step judged; not in the former
 * @param acceptanceRate accepted / drafted, of this client
 * @param meanAcceptedLength 1 + accepted drafts of either side / verify steps
 * @param draftOnlyTokens output tokens in draft quality, which no server has verified
 * @param tpotMs time per output token after the first
 * @param tokensPerSecond output tokens over the whole time
 */
@JsonPropertyOrder(alphabetic = false)
record RunResult(
    @JsonProperty("mode") String mode,
    @JsonProperty("prompt_tokens") int promptTokens,
    @JsonProperty("output_tokens") int outputTokens,
    @JsonProperty("drafted") long drafted,
    @JsonProperty("accepted") long accepted,
    @JsonProperty("server_drafted") long serverDrafted,
    @JsonProperty("server_accepted") long serverAccepted,
    @JsonProperty("acceptance_rate") double acceptanceRate,
    @JsonProperty("mean_accepted_length") double meanAcceptedLength,
    @JsonProperty("verify_steps") long verifySteps,
    @JsonProperty("draft_only_tokens") int draftOnlyTokens,
    @JsonProperty("ttft_ms") double ttftMs,
    @JsonProperty("tpot_ms") double tpotMs,
    @JsonProperty("tokens_per_second") double tokensPerSecond) {

  static RunResult of(String mode, int promptTokens, DraftStatistics statistics) {
    return of(
        mode,
        promptTokens,
        statistics.output(),
        statistics,
        statistics.ttftNanos() * 1e-6,
        statistics.tpotNanos() * 1e-6);
  }

  /** A text, which may have ended before the session's output did. */
  static RunResult of(String mode, TextResult text) {
    DraftStatistics statistics = text.statistics();
    int output = text.outputTokens();
    return statistics == null
        ? alone(mode, text.promptTokens(), output, text.ttftMs(), text.tpotMs())
        : of(mode, text.promptTokens(), output, statistics, text.ttftMs(), text.tpotMs());
  }

  private static RunResult of(
      String mode,
      int promptTokens,
      int output,
      DraftStatistics statistics,
      double ttft,
      double tpot) {
    return new RunResult(
        mode,
        promptTokens,
        output,
        statistics.judged(),
        statistics.accepted(),
        statistics.serverDrafted(),
        statistics.serverAccepted(),
        round(statistics.acceptanceRate()),
        round(statistics.meanAcceptedLength()),
        statistics.verifySteps(),
        statistics.draftOnly(),
        round(ttft),
        round(tpot),
        rate(output, ttft, tpot));
  }

  /** A run without a server. */
  static RunResult alone(String mode, int promptTokens, int output, double ttftMs, double tpotMs) {
    return new RunResult(
        mode,
        promptTokens,
        output,
        0,
        0,
        0,
        0,
        0,
        1,
        0,
        output,
        round(ttftMs),
        round(tpotMs),
        rate(output, ttftMs, tpotMs));
  }

  private static double rate(int output, double ttftMs, double tpotMs) {
    double ms = ttftMs + tpotMs * Math.max(0, output - 1);
    return ms == 0 ? 0 : round(output / ms * 1e3);
  }

  private static double round(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
