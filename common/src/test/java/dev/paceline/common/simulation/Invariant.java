package dev.paceline.common.simulation;

/** Something that holds after every event of a simulation. */
public interface Invariant {
  /**
   * Checks the world after an event.
   *
   * @throws AssertionError that says what was found
   */
  void afterEvent(World world);

  /** Checks the world when every session has ended and all frames have arrived. */
  default void atEnd(World world) {}

  /** The name printed on failure. */
  default String name() {
    return getClass().getSimpleName();
  }
}
