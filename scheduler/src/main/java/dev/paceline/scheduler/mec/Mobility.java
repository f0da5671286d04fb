package dev.paceline.scheduler.mec;

import java.util.random.RandomGenerator;

/**
 * Pedestrians in a square: straight walks, a new heading with probability 0.1 in a slot and
 * whenever the next step would leave the square or come within 10 m of a server. Servers stand at
 * the cell centres of the squarest grid. The same rules as the Sionna export script's.
 */
final class Mobility {
  private static final double KEEP_OUT_METRES = 10;
  private static final double TURN_PROBABILITY = 0.1;
  private static final int MAX_TRIES = 10_000;

  private final RadioConfig radio;
  private final Position[] servers;

  Mobility(RadioConfig radio, Position[] servers) {
    this.radio = radio;
    this.servers = servers;
  }

  /** Server positions on the squarest columns × rows grid. */
  static Position[] grid(RadioConfig radio, int servers) {
    int rows = (int) Math.sqrt(servers);
    while (servers % rows != 0) {
      rows--;
    }
    int columns = servers / rows;
    Position[] grid = new Position[servers];
    for (int j = 0; j < servers; j++) {
      grid[j] =
          new Position(
              (j % columns + 0.5) * radio.areaMetres() / columns,
              (j / columns + 0.5) * radio.areaMetres() / rows,
              radio.serverHeightMetres());
    }
    return grid;
  }

  /** A uniform allowed position. */
  Position place(RandomGenerator random) {
    for (int k = 0; k < MAX_TRIES; k++) {
      double side = radio.areaMetres();
      Position p =
          new Position(
              random.nextDouble() * side, random.nextDouble() * side, radio.deviceHeightMetres());
      if (allowed(p)) {
        return p;
      }
    }
    throw new IllegalStateException("no place in the square is 10 m away from every server");
  }

  /** One step; {@code heading} holds a single angle in radians and is updated. */
  Position step(Position from, double[] heading, double metres, RandomGenerator random) {
    if (random.nextDouble() < TURN_PROBABILITY) {
      heading[0] = random.nextDouble() * 2 * Math.PI;
    }
    for (int k = 0; k < MAX_TRIES; k++) {
      Position next =
          new Position(
              from.x() + metres * Math.cos(heading[0]),
              from.y() + metres * Math.sin(heading[0]),
              from.z());
      if (allowed(next)) {
        return next;
      }
      heading[0] = random.nextDouble() * 2 * Math.PI;
    }
    return from;
  }

  private boolean allowed(Position p) {
    double side = radio.areaMetres();
    if (p.x() < 0 || p.y() < 0 || p.x() > side || p.y() > side) {
      return false;
    }
    for (Position server : servers) {
      if (p.distance2dMetres(server) < KEEP_OUT_METRES) {
        return false;
      }
    }
    return true;
  }
}
