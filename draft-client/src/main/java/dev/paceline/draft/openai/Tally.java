package dev.paceline.draft.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paceline.common.speculation.draft.DraftStatistics;
import dev.paceline.draft.text.TextResult;

/** Adds up what the texts of one request took. Not thread-safe. */
final class Tally {
  private final int choices;
  private int texts;
  private int promptTokens;
  private int outputTokens;
  private int draftOnlyTokens;
  private double promptMs;
  private double decodeMs;
  private long judged;
  private long accepted;
  private long serverJudged;
  private long serverAccepted;
  private long steps;

  /**
   * @param choices texts for each prompt, whose tokens count once
   */
  Tally(int choices) {
    this.choices = choices;
  }

  void add(TextResult result) {
    if (texts++ % choices == 0) {
      promptTokens += result.promptTokens();
    }
    outputTokens += result.outputTokens();
    draftOnlyTokens += result.draftOnlyTokens();
    promptMs += result.ttftMs();
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

  /** OpenAI's {@code usage}. */
  ObjectNode usage() {
    return Json.MAPPER
        .createObjectNode()
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", outputTokens)
        .put("total_tokens", promptTokens + outputTokens);
  }

  /**
   * llama.cpp's {@code timings}, the server's own drafts and the target's steps beside them. {@code
   * prompt_ms} is the time to the first token, {@code predicted_ms} from there to the last; {@code
   * draft_n} are drafts that a step judged; {@code draft_only_n} output tokens of draft quality,
   * which no server has verified.
   */
  ObjectNode timings() {
    return Json.MAPPER
        .createObjectNode()
        .put("prompt_n", promptTokens)
        .put("prompt_ms", round(promptMs))
        .put("predicted_n", outputTokens)
        .put("predicted_ms", round(decodeMs))
        .put("predicted_per_second", decodeMs == 0 ? 0 : round(outputTokens / decodeMs * 1e3))
        .put("draft_n", judged)
        .put("draft_n_accepted", accepted)
        .put("server_draft_n", serverJudged)
        .put("server_draft_n_accepted", serverAccepted)
        .put("verify_steps", steps)
        .put("draft_only_n", draftOnlyTokens);
  }

  private static double round(double value) {
    return Math.round(value * 1e3) / 1e3;
  }
}
