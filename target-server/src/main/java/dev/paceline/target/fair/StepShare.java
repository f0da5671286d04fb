package dev.paceline.target.fair;

/**
 * One session's part of a step.
 *
 * @param session who
 * @param rows rows in the step, at least 1
 * @param <K> a session
 */
public record StepShare<K>(K session, int rows) {}
