package dev.paceline.draft.chat;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import java.util.List;

/**
 * How answers are written.
 *
 * @param maxTokens of an answer
 * @param stops none empty
 */
public record ChatSettings(SamplingParams sampling, int maxTokens, List<String> stops) {
  /**
   * The same with another value, in the words of the command line.
   *
   * @param name an option without its dashes
   * @throws UserError if there is none of that name, or the value is wrong
   */
  ChatSettings with(String name, String value) {
    SamplingParams s = sampling;
    try {
      return switch (name) {
        case "temperature" ->
            sampled(new SamplingParams(Float.parseFloat(value), s.topK(), s.topP(), s.seed()));
        case "top-k" ->
            sampled(
                new SamplingParams(s.temperature(), Integer.parseInt(value), s.topP(), s.seed()));
        case "top-p" ->
            sampled(
                new SamplingParams(s.temperature(), s.topK(), Float.parseFloat(value), s.seed()));
        case "seed" ->
            sampled(new SamplingParams(s.temperature(), s.topK(), s.topP(), Long.parseLong(value)));
        case "max-tokens" -> new ChatSettings(s, positive(Integer.parseInt(value)), stops);
        default ->
            throw new UserError(
                "'" + name + "' is none of temperature, top-k, top-p, seed, max-tokens");
      };
    } catch (NumberFormatException e) {
      throw new UserError("'" + value + "' is not a number for " + name, e);
    }
  }

  private ChatSettings sampled(SamplingParams other) {
    return new ChatSettings(other, maxTokens, stops);
  }

  private static int positive(int tokens) {
    if (tokens < 1) {
      throw new UserError("max-tokens " + tokens + " is not positive");
    }
    return tokens;
  }

  @Override
  public String toString() {
    return sampling + ", max-tokens " + maxTokens;
  }
}
