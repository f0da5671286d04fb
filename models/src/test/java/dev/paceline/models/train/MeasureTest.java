package dev.paceline.models.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.models.torchscript.ElementType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The measured acceptance against the races themselves and against definitions in plain Java. */
class MeasureTest {
  private static final int VOCABULARY = Tiny.SHAPE.vocabSize();
  private static final double[] TEMPERATURES = {0, 0.7, 1};
  private static final int RACES = 4000;

  @Test
  void acceptanceIsThatOfTheRaces() {
    List<int[]> windows = windows();
    try (PairModel pair = Tiny.pair(ElementType.FLOAT);
        NDManager scope = pair.scope()) {
      Agreement found = pair.measure(windows, TEMPERATURES);
      int[][] batch = windows.toArray(int[][]::new);
      float[] draft = pair.draft().logits(scope, batch).toFloatArray();
      float[] target = target(batch);
      int rows = draft.length / VOCABULARY;
      assertThat(found.tokens()).isEqualTo(rows);
      for (Agreement.AtTemperature each : found.temperatures()) {
        double same = 0;
        double optimum = 0;
        double bound = 0;
        for (int row = 0; row < rows; row++) {
          float[] p = Arrays.copyOfRange(target, row * VOCABULARY, (row + 1) * VOCABULARY);
          float[] q = Arrays.copyOfRange(draft, row * VOCABULARY, (row + 1) * VOCABULARY);
          double overlap = overlap(p, q, each.temperature());
          optimum += overlap;
          bound += overlap / (2 - overlap);
          same += agreeing(p, q, (float) each.temperature(), row);
        }
        assertThat(each.optimum()).isCloseTo(optimum / rows, within(1e-5));
        assertThat(each.bound()).isCloseTo(bound / rows, within(1e-5));
        // Four deviations of a mean of rows × races coin flips.
        double noise = each.temperature() == 0 ? 1e-9 : 2 / Math.sqrt((double) rows * RACES);
        assertThat(each.coupled()).isCloseTo(same / rows / RACES, within(noise));
        assertThat(each.coupled()).isBetween(each.bound() - 1e-6, each.optimum() + 1e-6);
      }
    }
  }

  @Test
  void aModelAgreesWithItself() {
    try (PairModel pair =
        new PairModel(
            new TrainSpec(Tiny.SHAPE, ElementType.FLOAT),
            new TrainSpec(Tiny.SHAPE, ElementType.FLOAT),
            Devices.of("cpu", 1))) {
      float[] weights = Tiny.weights(pair.draft().layout());
      pair.teach(weights, new float[0]);
      pair.draft().freeze(weights);
      Agreement found = pair.measure(windows(), TEMPERATURES);
      assertThat(found.draftLoss()).isEqualTo(found.targetLoss());
      assertThat(found.expectedAcceptance()).isCloseTo(1, within(1e-5));
      assertThat(found.temperatures())
          .allSatisfy(each -> assertThat(each.bound()).isCloseTo(1, within(1e-5)));
    }
  }

  @Test
  void aTargetMayHaveAHeadOfItsOwn() {
    FlatLayout layout = new FlatLayout(Tiny.TARGET);
    float[] flat = Tiny.weights(layout);
    float[] head = Arrays.copyOf(flat, (int) layout.part("wte").size());
    try (PairModel pair = Tiny.pair(ElementType.FLOAT)) {
      Agreement tied = pair.measure(windows(), TEMPERATURES);
      pair.teach(flat, head);
      assertThat(pair.measure(windows(), TEMPERATURES)).isEqualTo(tied);
      Arrays.fill(head, 0f);
      pair.teach(flat, head);
      double uniform = Math.log(VOCABULARY);
      Agreement found = pair.measure(windows(), TEMPERATURES);
      assertThat(found.targetLoss()).isCloseTo(uniform, within(1e-5));
      assertThat(found.draftLoss()).isEqualTo(tied.draftLoss());
    }
  }

  private static List<int[]> windows() {
    Random random = new Random(4);
    List<int[]> windows = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      windows.add(random.ints(8, 0, VOCABULARY).toArray());
    }
    return windows;
  }

  private static float[] target(int[][] batch) {
    TrainSpec spec = new TrainSpec(Tiny.TARGET, ElementType.FLOAT);
    try (TrainableModel model = new TrainableModel(spec, Devices.of("cpu", 1));
        NDManager scope = model.scope()) {
      model.freeze(Tiny.weights(model.layout()));
      return model.logits(scope, batch).toFloatArray();
    }
  }

  private static double overlap(float[] p, float[] q, double temperature) {
    if (temperature == 0) {
      return Race.argmax(p) == Race.argmax(q) ? 1 : 0;
    }
    double[] a = softmax(p, temperature);
    double[] b = softmax(q, temperature);
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.min(a[i], b[i]);
    }
    return sum;
  }

  private static double[] softmax(float[] logits, double temperature) {
    double[] p = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      p[i] = Math.exp(logits[i] / temperature);
      sum += p[i];
    }
    for (int i = 0; i < p.length; i++) {
      p[i] /= sum;
    }
    return p;
  }

  private static int agreeing(float[] p, float[] q, float temperature, int row) {
    SamplingParams sampling = new SamplingParams(temperature, 0, 1f, 77 + row);
    int same = 0;
    for (int position = 0; position < RACES; position++) {
      same += Race.pick(p, sampling, position) == Race.pick(q, sampling, position) ? 1 : 0;
    }
    return same;
  }
}
