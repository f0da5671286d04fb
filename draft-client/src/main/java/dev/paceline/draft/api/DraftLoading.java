package dev.paceline.draft.api;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.Shortlist;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelSource;

/** Loads a draft model in the way that is fastest here; a draft never decides the text. */
final class DraftLoading {
  /** Below this number of parameters a second thread costs more than it brings. */
  private static final long ONE_THREAD_PARAMETERS = 20_000_000;

  private DraftLoading() {}

  static DraftModel load(ModelSource source, Gpt2Checkpoint checkpoint) {
    String processor = System.getProperty("os.arch");
    boolean x86 = processor.equals("amd64") || processor.equals("x86_64");
    LoadOptions options = LoadOptions.of(x86 ? Precision.INT8_DYNAMIC : Precision.FP32);
    boolean small = checkpoint.config().parameters() < ONE_THREAD_PARAMETERS;
    return LanguageModels.loadDraft(
        source.id(),
        checkpoint,
        small ? options.withThreads(1) : options,
        Shortlist.parse("auto", checkpoint.config()));
  }
}
