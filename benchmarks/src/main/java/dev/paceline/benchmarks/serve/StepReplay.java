package dev.paceline.benchmarks.serve;

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
  private static final int ROUNDS = 4;
  private static final int STRIDE = 4;

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
   * Milliseconds of the mean step. The mean and not the median, since a server under load meets
   * every disturbance of the machine too.
   *
   * @param steps at least one, each with at least one row
   * @param seconds to spend, though every fourth step of the sample is run in any case
   */
  double meanMs(List<List<Arrival>> steps, double seconds) {
    List<List<Arrival>> sample = Composition.sample(steps, MOST_STEPS);
    model.step(segments(sample.get(0)));
    long end = System.nanoTime() + (long) (seconds * 1e9);
    double sum = 0;
    int count = 0;
    // Strides of four visit the whole length of the run, however early the time is up.
    for (int i = 0; i < sample.size() * ROUNDS; i++) {
      if (i >= sample.size() / STRIDE + 1 && System.nanoTime() > end) {
        break;
      }
      int at = i * STRIDE;
      List<Segment> segments = segments(sample.get((at + at / sample.size()) % sample.size()));
      long start = System.nanoTime();
      model.step(segments);
      sum += (System.nanoTime() - start) * 1e-6;
      count++;
    }
    return sum / count;
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
