package dev.paceline.common.energy;

import dev.paceline.common.UserError;

/** What is known of a device's battery and heat. Immutable. */
public final class PowerState {
  /** No reading: treated as mains. */
  public static final PowerState UNKNOWN = new PowerState(Double.NaN, false, Heat.NORMAL);

  /** How hot a device is. */
  public enum Heat {
    NORMAL,
    /** It slows itself down, or is about to. */
    HOT,
    /** It is about to switch off. */
    CRITICAL
  }

  private final double level;
  private final boolean charging;
  private final Heat heat;

  /**
   * @param level of the battery, 0 to 1; NaN if there is none or it is not known
   * @param charging whether the device runs on mains
   */
  public PowerState(double level, boolean charging, Heat heat) {
    if (level < 0 || level > 1) {
      throw new UserError("battery level " + level + " is not between 0 and 1");
    }
    this.level = level;
    this.charging = charging;
    this.heat = heat;
  }

  /** A device on battery at that level. */
  public static PowerState onBattery(double level) {
    return new PowerState(level, false, Heat.NORMAL);
  }

  /** 0 to 1; NaN if not known. */
  public double level() {
    return level;
  }

  public boolean charging() {
    return charging;
  }

  public Heat heat() {
    return heat;
  }

  /** Whether energy is taken from a battery of known level. */
  public boolean onBattery() {
    return !charging && !Double.isNaN(level);
  }

  /** As the wire says it: −1 for not known, 1 on mains. */
  public float reported() {
    if (charging) {
      return 1;
    }
    return Double.isNaN(level) ? -1 : (float) level;
  }

  @Override
  public String toString() {
    String battery =
        Double.isNaN(level) ? "battery unknown" : "battery " + Math.round(level * 100) + " %";
    return battery + (charging ? ", charging" : "") + (heat == Heat.NORMAL ? "" : ", " + heat);
  }
}
