package dev.paceline.target;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.util.HexFormat;

/** Finds and loads the model that a server serves. */
final class TargetModel {
  /** Below this number of parameters a second thread costs more than it brings. */
  private static final long ONE_THREAD_PARAMETERS = 20_000_000;

  private TargetModel() {}

  /** The model itself, or the target of a pair. */
  static ModelSource resolve(String model) {
    ModelRegistry registry = ModelRegistry.standard();
    return ModelRegistry.isPair(model) ? registry.pair(model).target() : registry.resolve(model);
  }

  /** SHA-256 of the tokenizer's canonical vocabulary; empty if the model has none. */
  static byte[] fingerprint(ModelSource source) {
    if (!Tokenizer.present(source.directory())) {
      return new byte[0];
    }
    try (Tokenizer tokenizer = Tokenizer.open(source.directory())) {
      return HexFormat.of().parseHex(tokenizer.fingerprint());
    }
  }

  static LanguageModel load(ModelSource source, ServerOptions options) {
    LanguageModels.requireDevice(options.device());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      int threads = options.threads();
      if (threads == 0 && checkpoint.config().parameters() < ONE_THREAD_PARAMETERS) {
        threads = 1;
      }
      boolean cuda = LanguageModels.cuda(options.device());
      Precision precision = options.precision();
      if (precision == null) {
        precision = cuda ? Precision.FP16 : Precision.FP32;
      }
      return LanguageModels.load(
          source.id(),
          checkpoint,
          new LoadOptions(
              precision,
              options.device(),
              SlotMemory.slots(checkpoint, options, precision, cuda),
              options.contextLength(),
              threads));
    }
  }
}
