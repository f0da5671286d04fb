package dev.paceline.scheduler.association;

import dev.paceline.scheduler.mec.SlotProblem;
import java.util.random.RandomGenerator;

/** Chooses the server x of every user, within the servers' session capacity. */
public interface AssociationRule {
  /** A word for tables, e.g. {@code max-sinr}. */
  String word();

  /**
   * Associates every user.
   *
   * @param random the only source of randomness
   */
  int[] associate(SlotProblem problem, RandomGenerator random);
}
