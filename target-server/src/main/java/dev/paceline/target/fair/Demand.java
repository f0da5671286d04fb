package dev.paceline.target.fair;

/**
 * What a session wants from the step being filled.
 *
 * @param <K> a session
 */
@FunctionalInterface
public interface Demand<K> {
  /**
   * Rows of this session in the step. Called in the order of service, once per session and step;
   * must not call the queue.
   *
   * @param session an active session
   * @param remaining rows that the step still has room for, at least 1
   * @return 0 (sit this step out, for example to hold for a draft) to {@code remaining}
   */
  int rows(K session, int remaining);
}
