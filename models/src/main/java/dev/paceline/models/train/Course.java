package dev.paceline.models.train;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a model is trained towards and judged by.
 *
 * @param lesson adds gradients
 * @param judge looks at held-out text
 * @param label in the run's setup; a resumed run must have the same
 */
record Course(Lesson lesson, Judge judge, String label) {
  /** Temperatures of the acceptance that distillation is judged by. */
  private static final double[] TEMPERATURES = {0, 0.7, 1};

  /** Adds the gradient of a micro-batch. */
  @FunctionalInterface
  interface Lesson {
    /**
     * @param ids B sequences of T + 1 tokens
     * @param scale what the sum of the losses is multiplied by
     * @return sum of the losses of B·T tokens
     */
    double accumulate(int[][] ids, double scale);
  }

  /** Measures a model on a held-out text. */
  @FunctionalInterface
  interface Judge {
    Verdict judge(Validation text);
  }

  /**
   * @param cost what the best model has least of
   * @param figures by name, for people and for {@code validation.csv}
   */
  record Verdict(double cost, Map<String, Double> figures) {
    @Override
    public String toString() {
      StringBuilder line = new StringBuilder();
      figures.forEach(
          (name, value) -> line.append(String.format(Locale.ROOT, " %s %.4f", name, value)));
      return line.toString().strip();
    }
  }

  /** Training on text: cross-entropy. */
  static Course text(TrainableModel model) {
    return new Course(
        model::accumulate,
        text -> {
          double loss = text.loss(model);
          return new Verdict(loss, Map.of(text.name(), loss));
        },
        "");
  }

  /**
   * Distillation, judged by expected acceptance: greedy agreement and the coupled rule at
   * temperatures 0.7 and 1.
   *
   * @param share of the cross-entropy with the text
   * @param label names the target and what it samples
   */
  static Course distillation(PairModel pair, Objective objective, double share, String label) {
    return new Course(
        (ids, scale) -> pair.accumulate(objective, share, ids, scale),
        text -> {
          Agreement found = pair.measure(text.windows(), TEMPERATURES);
          return new Verdict(-found.expectedAcceptance(), figures(text.name(), found));
        },
        " " + objective.label() + " ce " + share + " " + label);
  }

  private static Map<String, Double> figures(String name, Agreement found) {
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(name, found.draftLoss());
    figures.put("greedy", found.greedy());
    for (Agreement.AtTemperature each : found.temperatures()) {
      if (each.temperature() > 0) {
        figures.put("optimum@" + each.temperature(), each.optimum());
        figures.put("coupled@" + each.temperature(), each.coupled());
      }
    }
    figures.put("acceptance", found.expectedAcceptance());
    return figures;
  }
}
