package dev.paceline.scheduler.masac;

/** Where an episode's actions come from. */
interface Actions {
  /** One row of uplink and compute action in [−1, 1] for each user of a server. */
  float[][] act(Observation seen);
}
