package dev.paceline.draft.text;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.util.List;

/**
 * A prompt to continue. Do not change the array.
 *
 * @param prompt at least one id
 * @param maxTokens output tokens at most; at least 1
 * @param stops the text ends before the first of these that it would contain; none is empty
 * @param plain without drafts, in whatever mode the model works
 */
@SuppressWarnings("ArrayRecordComponent")
public record TextRequest(
    int[] prompt, SamplingParams sampling, int maxTokens, List<String> stops, boolean plain) {
  /**
   * Checks the values.
   *
   * @throws UserError if one is out of range
   */
  public TextRequest {
    stops = List.copyOf(stops);
    if (prompt.length == 0) {
      throw new UserError("the prompt is empty");
    }
    if (maxTokens < 1) {
      throw new UserError("max_tokens " + maxTokens + " is not positive");
    }
    if (stops.contains("")) {
      throw new UserError("a stop string is empty");
    }
  }

  /**
   * @throws UserError if the prompt leaves no room in a context
   */
  public void requireFits(int contextLength) {
    if (prompt.length >= contextLength) {
      throw new UserError(
          "the prompt has "
              + prompt.length
              + " tokens, but the context of the model holds "
              + contextLength
              + " with at least one output token");
    }
  }
}
