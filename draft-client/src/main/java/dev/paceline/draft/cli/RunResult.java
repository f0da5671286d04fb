package dev.paceline.draft.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.paceline.common.speculation.draft.DraftStatistics;

/**
 * How one generation went, with the names of its JSON form.
 *
 * @param drafted draft tokens that a verification step judged
 * @param acceptanceRate accepted / drafted
 * @param meanAcceptedLength 1 + accepted / verify steps
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
    @JsonProperty("acceptance_rate") double acceptanceRate,
    @JsonProperty("mean_accepted_length") double meanAcceptedLength,
    @JsonProperty("verify_steps") long verifySteps,
    @JsonProperty("ttft_ms") double ttftMs,
    @JsonProperty("tpot_ms") double tpotMs,
    @JsonProperty("tokens_per_second") double tokensPerSecond) {

  static RunResult of(String mode, int promptTokens, DraftStatistics statistics) {
    double ttft = statistics.ttftNanos() * 1e-6;
    double tpot = statistics.tpotNanos() * 1e-6;
    int output = statistics.output();
    return new RunResult(
        mode,
        promptTokens,
        output,
        statistics.judged(),
        statistics.accepted(),
        round(statistics.acceptanceRate()),
        round(statistics.meanAcceptedLength()),
        statistics.verifySteps(),
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
        1,
        0,
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
