package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the commands that write text have in common: sampling, length, how to draft. */
final class GenerationOptions {
  @Mixin DraftingFlags drafting = new DraftingFlags();

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "output tokens at most (default: ${DEFAULT-VALUE})")
  int maxTokens;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "0",
      description = "0 is greedy (default: ${DEFAULT-VALUE})")
  float temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "keep the K most likely tokens; 0 keeps all")
  int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description = "keep the most likely tokens up to probability P; 1 keeps all")
  float topP;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "the same seed gives the same text (default: ${DEFAULT-VALUE})")
  long seed;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  SamplingParams sampling() {
    return new SamplingParams(temperature, topK, topP, seed);
  }

  ClientMode mode() {
    if (maxTokens < 1) {
      throw new UserError("--max-tokens " + maxTokens + " is not positive");
    }
    return drafting.mode();
  }
}
