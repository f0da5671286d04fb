package dev.paceline.draft.cli;

import dev.paceline.models.compile.Precision;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a command drafts: the decoding mode and the draft model's form. */
final class DraftingFlags {
  @Mixin ControlFlags control = new ControlFlags();

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

  /**
   * The decoding mode.
   *
   * @throws dev.paceline.common.UserError if it is none, or the window or the rule is wrong
   */
  ClientMode mode() {
    control.window();
    control.verification();
    return control.mode();
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
}
