package dev.paceline.models.train;

import ai.djl.Device;
import dev.paceline.common.UserError;
import dev.paceline.models.CacheDirectory;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.registry.ModelSource;
import dev.paceline.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures models on held-out text, cut into windows that do not overlap, each scored from its
 * second token on.
 *
 * @param window tokens of a window
 * @param windows of each text at most, evenly spread; 0 for all
 * @param temperatures at which a draft's acceptance is measured; 0 is greedy
 * @param precision of the linear layers: fp32 or bf16
 * @param device cpu, cuda or cuda:N
 * @param threads of the CPU, or 0 for the engine's choice
 */
public record PairEvaluation(
    int window,
    int windows,
    List<Double> temperatures,
    String precision,
    String device,
    int threads) {

  /** Checks what does not depend on models. */
  public PairEvaluation {
    if (windows < 0) {
      throw new UserError("--windows " + windows + " is negative");
    }
    temperatures = List.copyOf(temperatures);
    for (double each : temperatures) {
      if (each != 0 && !(each >= 0.01 && each <= 100)) {
        throw new UserError("--temperatures " + each + " is not 0 or between 0.01 and 100");
      }
    }
  }

  /**
   * A draft beside its target.
   *
   * @return by text
   * @throws UserError if the models are no pair, a text cannot be read or is shorter than a window
   */
  public Map<Path, Agreement> compare(
      ModelSource target, ModelSource draft, List<Path> texts, CacheDirectory cache) {
    try (Gpt2Checkpoint large = Gpt2Checkpoint.open(target.directory(), cache);
        Gpt2Checkpoint small = Gpt2Checkpoint.open(draft.directory(), cache)) {
      int positions = Math.min(large.config().contextLength(), small.config().contextLength());
      Map<Path, List<int[]>> cut = cut(target, large, texts, positions, cache);
      sameWords(target, draft, cache);
      Device on = Devices.of(device, threads);
      TrainSpec over = new TrainSpec(large.config(), Devices.compute(precision));
      TrainSpec under = new TrainSpec(small.config(), Devices.compute(precision));
      try (PairModel pair = new PairModel(under, over, on)) {
        pair.teach(large);
        pair.draft().freeze(Weights.of(small, pair.draft().layout()));
        Map<Path, Agreement> found = new LinkedHashMap<>();
        double[] asked = temperatures.stream().mapToDouble(Double::doubleValue).toArray();
        cut.forEach((text, cuts) -> found.put(text, pair.measure(cuts, asked)));
        return found;
      }
    }
  }

  /**
   * A model alone.
   *
   * @return nats per token, by text
   * @throws UserError as {@link #compare}
   */
  public Map<Path, Double> loss(ModelSource model, List<Path> texts, CacheDirectory cache) {
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(model.directory(), cache)) {
      int positions = checkpoint.config().contextLength();
      Map<Path, List<int[]>> cut = cut(model, checkpoint, texts, positions, cache);
      Device on = Devices.of(device, threads);
      TrainSpec spec = new TrainSpec(checkpoint.config(), Devices.compute(precision));
      try (TargetModel loaded = new TargetModel(spec, checkpoint, on)) {
        Map<Path, Double> found = new LinkedHashMap<>();
        cut.forEach((text, cuts) -> found.put(text, loaded.loss(cuts)));
        return found;
      }
    }
  }

  private Map<Path, List<int[]>> cut(
      ModelSource model,
      Gpt2Checkpoint checkpoint,
      List<Path> texts,
      int positions,
      CacheDirectory cache) {
    if (window < 2 || window > positions + 1) {
      throw new UserError("--window " + window + " is not between 2 and " + (positions + 1));
    }
    Map<Path, List<int[]>> cut = new LinkedHashMap<>();
    try (Tokenizer tokenizer = Tokenizer.open(model.directory(), cache)) {
      tokenizer.requireFits(checkpoint.config().vocabSize(), model.id());
      for (Path text : texts) {
        Corpus corpus = Corpus.open(text, tokenizer, cache);
        String name = String.valueOf(text.getFileName());
        cut.put(text, Validation.of(name, corpus, window, windows).windows());
      }
    }
    return cut;
  }

  private static void sameWords(ModelSource target, ModelSource draft, CacheDirectory cache) {
    if (!Tokenizer.present(draft.directory())) {
      return;
    }
    try (Tokenizer one = Tokenizer.open(target.directory(), cache);
        Tokenizer other = Tokenizer.open(draft.directory(), cache)) {
      if (!other.fingerprint().equals(one.fingerprint())) {
        throw new UserError(
            target.id() + " and " + draft.id() + " have different tokenizers: they are no pair");
      }
    }
  }
}
