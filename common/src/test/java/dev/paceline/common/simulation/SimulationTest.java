package dev.paceline.common.simulation;

import org.junit.jupiter.api.Test;

/** Thousands of random worlds; see {@link Invariants} for what holds in each of them. */
class SimulationTest {
  private static final int SEEDS = Integer.getInteger("paceline.simulation.seeds", 3000);

  @Test
  void everyInvariantHoldsInEveryWorld() {
    long first = Long.getLong("paceline.simulation.first", 0);
    for (long seed = first; seed < first + SEEDS; seed++) {
      RandomScenario.of(seed).run();
    }
  }
}
