package dev.paceline.benchmarks.serve;

import dev.paceline.benchmarks.Samples;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Checkpoint;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.LanguageModels;
import dev.paceline.models.lm.LoadOptions;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.registry.ModelRegistry;
import dev.paceline.models.registry.ModelSource;
import java.util.ArrayList;
import java.util.List;

/**
 * What the hardware allows: runs a sample of the very steps that the server ran, the same rows at
 * the same positions, with nothing around them. Belongs to the thread that makes it.
 */
final class StepReplay implements AutoCloseable {
  private static final int MOST_STEPS = 32;
  private static final int ROUNDS = 3;

  /** As the server decides. */
  private static final long ONE_THREAD_PARAMETERS = 20_000_000;

  private final LanguageModel model;
  private final float temperature;

  StepReplay(LoadPlan plan) {
    ModelRegistry registry = ModelRegistry.standard();
    ModelSource source =
        ModelRegistry.isPair(plan.model())
            ? registry.pair(plan.model()).target()
            : registry.resolve(plan.model());
    try (Gpt2Checkpoint checkpoint = Gpt2Checkpoint.open(source.directory())) {
      int threads = plan.threads();
      if (threads == 0 && checkpoint.config().parameters() < ONE_THREAD_PARAMETERS) {
        threads = 1;
      }
      Precision precision = plan.precision();
      model =
          LanguageModels.load(
              source.id(),
              checkpoint,
              new LoadOptions(
                  precision, plan.device(), plan.mostSessions(), plan.positions(), threads));
    }
    temperature = plan.temperature();
  }

  String device() {
    return model.info().device();
  }

  int vocabulary() {
    return model.info().config().vocabSize();
  }

  /**
   * Milliseconds of the mean step.
   *
   * @param steps at least one, each with at least one row
   */
  double meanMs(List<List<Arrival>> steps) {
    List<List<Arrival>> sample = Composition.sample(steps, MOST_STEPS);
    List<Samples> times = new ArrayList<>();
    sample.forEach(step -> times.add(new Samples()));
    for (int round = -1; round < ROUNDS; round++) {
      for (int i = 0; i < sample.size(); i++) {
        List<Segment> segments = segments(sample.get(i));
        long start = System.nanoTime();
        model.step(segments);
        double ms = (System.nanoTime() - start) * 1e-6;
        if (round >= 0) {
          times.get(i).add(ms);
        }
      }
    }
    return times.stream().mapToDouble(Samples::median).average().orElse(Double.NaN);
  }

  private List<Segment> segments(List<Arrival> step) {
    List<Segment> segments = new ArrayList<>();
    SamplingParams sampling = new SamplingParams(temperature, 0, 1f, 1);
    for (Arrival row : step) {
      int slot = segments.size();
      if (slot == model.info().slots()) {
        break;
      }
      int[] ids = new int[row.rows()];
      for (int i = 0; i < ids.length; i++) {
        ids[i] = (int) ((row.start() + i + slot) * 2_654_435_761L % vocabulary());
      }
      segments.add(new Segment(slot, Math.max(0, row.start()), ids, row.picks(), sampling));
    }
    return segments;
  }

  @Override
  public void close() {
    model.close();
  }
}
