package dev.paceline.draft.cli;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.compile.Shortlist;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;

/** Opens what the client's commands need of a model. */
final class DraftModels {
  /** Below this number of parameters a second thread costs more than it brings. */
  private static final long ONE_THREAD_PARAMETERS = 20_000_000;

  private DraftModels() {}

  /** The model of a name; of a pair, its draft. */
  static ModelSource draft(String model) {
    ModelRegistry registry = ModelRegistry.standard();
    return ModelRegistry.isPair(model) ? registry.pair(model).draft() : registry.resolve(model);
  }

  /** The model of a name; of a pair, its target. */
  static ModelSource target(String model) {
    ModelRegistry registry = ModelRegistry.standard();
    return ModelRegistry.isPair(model) ? registry.pair(model).target() : registry.resolve(model);
  }

  /**
   * The model's tokenizer.
   *
   * @throws UserError if there is none or it does not fit the model
   */
  static Tokenizer tokenizer(ModelSource source) {
    Tokenizer tokenizer = Tokenizer.open(source.directory());
    try {
      tokenizer.requireFits(vocabulary(source), source.id());
      return tokenizer;
    } catch (UserError e) {
      tokenizer.close();
      throw e;
    }
  }

  /** How many parameters the model has. */
  static long parameters(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return checkpoint.config().parameters();
    }
  }

  /** Rows of the model's embedding. */
  static int vocabulary(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return checkpoint.config().vocabSize();
    }
  }

  /**
   * @param threads 0 chooses by the model's size
   */
  static LanguageModel load(ModelSource source, Precision precision, int threads) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return LanguageModels.load(source.id(), checkpoint, options(checkpoint, precision, threads));
    }
  }

  /**
   * The model as one that only drafts.
   *
   * @param threads 0 chooses by the model's size
   * @param shortlist {@code auto}, {@code off} or a number of ids
   */
  static DraftModel loadDraft(
      ModelSource source, Precision precision, int threads, String shortlist) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return LanguageModels.loadDraft(
          source.id(),
          checkpoint,
          options(checkpoint, precision, threads),
          Shortlist.parse(shortlist, checkpoint.config()));
    }
  }

  private static LoadOptions options(Gpt2Checkpoint checkpoint, Precision precision, int threads) {
    boolean small = checkpoint.config().parameters() < ONE_THREAD_PARAMETERS;
    return LoadOptions.of(precision).withThreads(threads == 0 && small ? 1 : threads);
  }
}
