package dev.paceline.scheduler.live;

import dev.paceline.scheduler.mec.Scenario;

/**
 * A system over time.
 *
 * @param scenario devices, servers, radio and objective
 * @param meanThinkMs mean pause of a device between an answer and its next task, exponential
 * @param staleSlots age of the channel state that decisions see
 */
public record LiveConfig(Scenario scenario, double meanThinkMs, int staleSlots) {}
