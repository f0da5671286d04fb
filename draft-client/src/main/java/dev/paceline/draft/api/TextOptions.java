package dev.paceline.draft.api;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.draft.DraftOptions;

/**
 * How a text is written.
 *
 * @param maxTokens output tokens at most
 * @param sampling the same seed gives the same text, whoever drafts and whatever the link does
 * @param drafting how far ahead to draft, and how to survive
 */
public record TextOptions(int maxTokens, SamplingParams sampling, DraftOptions drafting) {
  private static final int LARGEST_WINDOW = 64;
  private static final long GIVE_UP_NANOS = 60_000_000_000L;

  /**
   * 128 tokens, greedy; drafts as far ahead as that pays; gives up after a minute without a server.
   */
  public static final TextOptions DEFAULT =
      new TextOptions(
          128,
          SamplingParams.GREEDY,
          DraftOptions.withWindow(LARGEST_WINDOW)
              .withControl(ControlOptions.DEFAULT)
              .withGiveUp(GIVE_UP_NANOS));

  /**
   * @throws UserError if the number of tokens is not positive
   */
  public TextOptions {
    if (maxTokens < 1) {
      throw new UserError("number of tokens " + maxTokens + " is not positive");
    }
  }

  public TextOptions withMaxTokens(int tokens) {
    return new TextOptions(tokens, sampling, drafting);
  }

  /**
   * @throws UserError if it is negative or not a number
   */
  public TextOptions withTemperature(float temperature) {
    SamplingParams other =
        new SamplingParams(temperature, sampling.topK(), sampling.topP(), sampling.seed());
    return new TextOptions(maxTokens, other, drafting);
  }

  public TextOptions withSeed(long seed) {
    SamplingParams other =
        new SamplingParams(sampling.temperature(), sampling.topK(), sampling.topP(), seed);
    return new TextOptions(maxTokens, other, drafting);
  }

  public TextOptions withSampling(SamplingParams other) {
    return new TextOptions(maxTokens, other, drafting);
  }

  public TextOptions withDrafting(DraftOptions other) {
    return new TextOptions(maxTokens, sampling, other);
  }
}
