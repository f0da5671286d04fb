package dev.paceline.scheduler.mec;

/** A point in metres; z is the height above ground. */
public record Position(double x, double y, double z) {
  /** Horizontal distance in metres. */
  public double distance2dMetres(Position other) {
    return Math.hypot(x - other.x, y - other.y);
  }
}
