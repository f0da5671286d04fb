package dev.paceline.target;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import java.util.Arrays;
import java.util.HexFormat;

/** Finds, checks and loads the model that drafts on the server. */
final class DraftModel {
  private DraftModel() {}

  /**
   * Finds it.
   *
   * @param fingerprint of the target's tokenizer; empty if it has none
   * @throws UserError if it does not speak the target's tokens
   */
  static ModelSource resolve(ServerDraft draft, ModelSource target, byte[] fingerprint) {
    ModelSource source = source(draft);
    byte[] own = TargetModel.fingerprint(source);
    if (own.length > 0 && fingerprint.length > 0 && !Arrays.equals(own, fingerprint)) {
      throw new UserError(
          "the tokenizer of draft model '"
              + source.id()
              + "' ("
              + abbreviate(own)
              + ") is not the tokenizer of target model '"
              + target.id()
              + "' ("
              + abbreviate(fingerprint)
              + ")");
    }
    int words = config(source).vocabSize();
    int theirs = config(target).vocabSize();
    if (words != theirs) {
      throw new UserError(
          "draft model '"
              + source.id()
              + "' has a vocabulary of "
              + words
              + ", target model '"
              + target.id()
              + "' one of "
              + theirs);
    }
    return source;
  }

  /** The model itself, or the draft of a pair. */
  static ModelSource source(ServerDraft draft) {
    ModelRegistry registry = ModelRegistry.standard();
    return ModelRegistry.isPair(draft.model())
        ? registry.pair(draft.model()).draft()
        : registry.resolve(draft.model());
  }

  static Gpt2Config config(ModelSource source) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      return checkpoint.config();
    }
  }

  private static String abbreviate(byte[] fingerprint) {
    return HexFormat.of().formatHex(fingerprint, 0, 6);
  }

  /** The precision that a draft runs in unless told otherwise. */
  static Precision precision(ServerDraft draft, boolean cuda) {
    if (draft.precision() != null) {
      return draft.precision();
    }
    if (cuda) {
      return Precision.FP16;
    }
    String processor = System.getProperty("os.arch");
    boolean x86 = processor.equals("amd64") || processor.equals("x86_64");
    return x86 ? Precision.INT8_DYNAMIC : Precision.FP32;
  }

  /** Loads it beside a target: on its device, with as many slots, as long as the model allows. */
  static LanguageModel load(ModelSource source, ServerDraft draft, ModelInfo target) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      int context = Math.min(target.contextLength(), checkpoint.config().contextLength());
      Precision precision = precision(draft, target.device().startsWith("cuda"));
      return LanguageModels.load(
          source.id(),
          checkpoint,
          // The number of threads is the process's, and the target's is what counts.
          new LoadOptions(precision, target.device(), target.slots(), context, 0));
    }
  }
}
