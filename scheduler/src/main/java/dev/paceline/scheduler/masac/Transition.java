package dev.paceline.scheduler.masac;

/**
 * One agent's slot.
 *
 * @param action one row of uplink and compute action in [−1, 1] for each user
 * @param reward minus the slot's cost
 */
record Transition(Observation seen, float[][] action, float reward, Observation next) {}
