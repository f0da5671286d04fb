package dev.paceline.common.energy;

/**
 * How far ahead to draft on a weak battery or a hot device. Above 30 % nothing changes; below, the
 * window shrinks in proportion down to one token; under 10 % drafting is left to the server. A hot
 * device halves its window, one near its limit drafts nothing. What was given up comes back only
 * well above the level where it was, so that a reading that wavers changes nothing. Not
 * thread-safe.
 */
public final class PowerPolicy {
  private static final double FULL_ABOVE = 0.30;
  private static final double NONE_BELOW = 0.10;
  private static final double HYSTERESIS = 0.03;

  private boolean handedOver;

  /**
   * The window for a state of the device.
   *
   * @param wanted draft tokens in flight if energy were free
   * @return between 0 and {@code wanted}; 0: the server drafts or decodes alone
   */
  public int window(int wanted, PowerState power) {
    if (wanted <= 0 || power.heat() == PowerState.Heat.CRITICAL) {
      return 0;
    }
    int window = wanted;
    if (power.onBattery()) {
      handedOver = power.level() < NONE_BELOW + (handedOver ? HYSTERESIS : 0);
      if (handedOver) {
        return 0;
      }
      double share = (power.level() - NONE_BELOW) / (FULL_ABOVE - NONE_BELOW);
      window = (int) Math.ceil(wanted * Math.max(0, Math.min(1, share)));
    } else {
      handedOver = false;
    }
    if (power.heat() == PowerState.Heat.HOT) {
      window = (window + 1) / 2;
    }
    return Math.max(1, Math.min(wanted, window));
  }
}
