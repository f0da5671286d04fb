package dev.paceline.scheduler.masac;

import dev.paceline.scheduler.live.LiveConfig;
import dev.paceline.scheduler.mec.ComputeProfile;
import dev.paceline.scheduler.mec.ObjectiveConfig;
import dev.paceline.scheduler.mec.Scenario;
import java.util.random.RandomGenerator;

/** The systems that policies are trained and judged in. */
final class Curriculum {
  /** Slot of the live system in ms, shorter than an answer at peak rates. */
  static final double LIVE_SLOT_MS = 50;

  private static final double[] ENERGY_WEIGHTS = {0, 0, 20, 60};

  private Curriculum() {}

  /** A live system: 4–12 servers, 5–12 devices for each, from idle to saturated. */
  static LiveConfig live(RandomGenerator random) {
    int servers = random.nextInt(4, 13);
    int devices = servers * random.nextInt(5, 13);
    double think = 100 * Math.exp(random.nextDouble() * Math.log(10));
    double weight = ENERGY_WEIGHTS[random.nextInt(ENERGY_WEIGHTS.length)];
    return live(devices, servers, think, weight);
  }

  /** A live system at peak rates, with channel state one slot old. */
  static LiveConfig live(
      int devices, int servers, double meanThinkMs, double energyWeightMsPerMillijoule) {
    ObjectiveConfig paper = ObjectiveConfig.paper();
    ObjectiveConfig objective =
        new ObjectiveConfig(
            paper.syncWeightPerMs(),
            energyWeightMsPerMillijoule,
            paper.noise(),
            paper.energy(),
            paper.penalty(),
            LIVE_SLOT_MS);
    return new LiveConfig(Scenario.paper(devices, servers).with(objective), meanThinkMs, 1);
  }

  /**
   * A single slot of the paper's grid at the paper's peak rates, on which its policy is trained.
   */
  static Scenario paperSlot(RandomGenerator random) {
    Scenario scenario = slot(random);
    return scenario.with(scenario.workload().withCompute(ComputeProfile.PAPER_PEAK));
  }

  /** A single slot of the paper's grid, either profile. */
  static Scenario slot(RandomGenerator random) {
    int servers = random.nextInt(4, 21);
    int devices = random.nextInt(30, Math.min(180, 16 * servers) + 1);
    Scenario scenario = Scenario.paper(devices, servers);
    double weight = ENERGY_WEIGHTS[random.nextInt(ENERGY_WEIGHTS.length)];
    ComputeProfile profile =
        random.nextBoolean() ? ComputeProfile.PAPER_PEAK : ComputeProfile.CALIBRATED;
    return scenario
        .with(scenario.objective().withEnergyWeight(weight))
        .with(scenario.workload().withCompute(profile));
  }
}
