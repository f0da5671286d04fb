package dev.paceline.scheduler.live;

import dev.paceline.scheduler.mec.Scenario;

/**
 * A system over time.
 *
 * @param scenario devices, servers, radio and objective
 * @param meanThinkMs mean pause of a device between an answer and its next task, exponential
 * @param staleSlots age of the channel state that decisions see
 * @param migrationMs time for which a session that moves to another server is not verified there,
 *     its prefill being done again; infinite if sessions stay where they began
 */
public record LiveConfig(
    Scenario scenario, double meanThinkMs, int staleSlots, double migrationMs) {
  /** Sessions stay where they began. */
  public LiveConfig(Scenario scenario, double meanThinkMs, int staleSlots) {
    this(scenario, meanThinkMs, staleSlots, Double.POSITIVE_INFINITY);
  }

  /** The same system with sessions that may move. */
  public LiveConfig withMigrationMs(double ms) {
    return new LiveConfig(scenario, meanThinkMs, staleSlots, ms);
  }
}
