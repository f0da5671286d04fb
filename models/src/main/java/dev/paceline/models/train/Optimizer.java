package dev.paceline.models.train;

import java.util.Locale;

/** How weights follow their gradients. */
enum Optimizer {
  ADAMW,
  MUON;

  /**
   * Numbers of one step.
   *
   * @param number from 1
   * @param rate learning rate
   * @param decay of embeddings and matrices, decoupled
   */
  record Step(long number, double rate, double decay) {
    double[] vector() {
      double[] v = new double[OptimizerProgram.HYPER];
      v[OptimizerProgram.RATE] = rate;
      v[OptimizerProgram.DECAY] = decay;
      v[OptimizerProgram.BETA1] = 0.9;
      v[OptimizerProgram.BETA2] = 0.95;
      v[OptimizerProgram.ROOT_UNBIAS2] = Math.sqrt(1 - Math.pow(0.95, number));
      v[OptimizerProgram.STEP_SIZE] = -rate / (1 - Math.pow(0.9, number));
      v[OptimizerProgram.MOMENTUM] = 0.95;
      return v;
    }
  }

  /** The method of the program. */
  String method() {
    return name().toLowerCase(Locale.ROOT);
  }
}
