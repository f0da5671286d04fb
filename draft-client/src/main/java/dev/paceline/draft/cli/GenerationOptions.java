package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What {@code generate} and {@code demo} have in common: sampling, length, decoding mode, output.
 */
final class GenerationOptions {
  @Mixin ControlFlags control = new ControlFlags();

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
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "of the draft model: fp32, bf16, int8-dynamic; auto is the fastest here, since a draft"
              + " never decides the text (default: ${DEFAULT-VALUE})")
  String precision = "auto";

  @Option(
      names = "--shortlist",
      paramLabel = "N",
      defaultValue = "auto",
      description =
          "pick drafts among the first N ids only, which are the frequent ones; auto: half of a"
              + " large vocabulary; off: all (default: ${DEFAULT-VALUE})")
  String shortlist = "auto";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "for the draft model; 0 chooses by its size")
  int threads;

  @Option(names = "--json", description = "print one JSON object on the last line")
  boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  boolean help;

  SamplingParams sampling() {
    return new SamplingParams(temperature, topK, topP, seed);
  }

  /**
   * The draft model's precision; 8 bits are a third of the time where there is a kernel for them.
   */
  Precision draftPrecision() {
    if (!precision.equals("auto")) {
      return Precision.parse(precision);
    }
    String processor = System.getProperty("os.arch");
    boolean x86 = processor.equals("amd64") || processor.equals("x86_64");
    return x86 ? Precision.INT8_DYNAMIC : Precision.FP32;
  }

  ClientMode mode() {
    if (maxTokens < 1) {
      throw new UserError("--max-tokens " + maxTokens + " is not positive");
    }
    control.window();
    control.verification();
    return control.mode();
  }
}
