package dev.paceline.target;

import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.target.engine.EnginePool;
import dev.paceline.target.engine.VerificationEngine;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Starts an engine on each device of a server's options. */
final class EngineStart {
  private EngineStart() {}

  /**
   * One after the other, since the first may compile the program that all load.
   *
   * @param loader loads the model on the device of its options
   * @param drafter loads the draft model beside a target; null for none
   */
  static EnginePool all(
      ServerOptions options,
      ModelSource source,
      BiFunction<ModelSource, ServerOptions, LanguageModel> loader,
      @Nullable Function<ModelInfo, LanguageModel> drafter,
      AdminPages admin) {
    List<String> devices = options.devices();
    List<String> names = EnginePool.names(devices);
    List<VerificationEngine> engines = new ArrayList<>();
    try {
      for (int i = 0; i < devices.size(); i++) {
        ServerOptions one = options.onDevice(devices.get(i));
        engines.add(
            new VerificationEngine(
                () -> loader.apply(source, one),
                drafter,
                options.engine(),
                admin.metrics(i),
                System::nanoTime));
      }
    } catch (RuntimeException e) {
      engines.forEach(VerificationEngine::close);
      throw e;
    }
    return new EnginePool(names, engines, options.engine());
  }
}
