package dev.paceline.scheduler.masac;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What one agent, a server, sees.
 *
 * @param users one row of {@link Features#USER} numbers for each of its users
 * @param server {@link Features#SERVER} numbers
 * @param active for each user whether its uplink and its compute share matter in this slot, 1 or 0
 */
public record Observation(float[][] users, float[] server, float[][] active) {

  /** Number of users. */
  public int count() {
    return users.length;
  }

  /** Equal if all numbers are. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Observation o
        && Arrays.deepEquals(users, o.users)
        && Arrays.equals(server, o.server)
        && Arrays.deepEquals(active, o.active);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.deepHashCode(users) + Arrays.hashCode(server);
  }
}
