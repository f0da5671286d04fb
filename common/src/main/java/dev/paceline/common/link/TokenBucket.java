package dev.paceline.common.link;

/**
 * Shapes a sender to a rate that may change at any time. A frame may go as soon as the balance is
 * not negative, and may overdraw it: so a frame of any size can go, and over time the rate is kept
 * exactly. What was saved while nothing was sent is limited to 10 ms of the rate, or a small frame.
 * Not thread-safe.
 */
public final class TokenBucket {
  private static final double BURST_SECONDS = 0.010;

  /** Two frames of one draft token each. */
  private static final double LEAST_BURST_BYTES = 64;

  private double bitsPerSecond;
  private double balance;
  private long at;

  /**
   * @param bitsPerSecond {@link BitRate#UNLIMITED} for no limit
   */
  public TokenBucket(double bitsPerSecond, long now) {
    this.bitsPerSecond = checked(bitsPerSecond);
    at = now;
    balance = burst();
  }

  private static double checked(double bitsPerSecond) {
    if (!(bitsPerSecond >= 0) || Double.isInfinite(bitsPerSecond)) {
      throw new IllegalArgumentException(bitsPerSecond + " bit/s is not a rate");
    }
    return bitsPerSecond;
  }

  /** The rate from now on; a debt stays and is paid off at the new rate. */
  public void rate(double newBitsPerSecond, long now) {
    double rate = checked(newBitsPerSecond);
    refill(now);
    boolean wasUnlimited = bitsPerSecond == BitRate.UNLIMITED;
    bitsPerSecond = rate;
    balance = wasUnlimited ? burst() : Math.min(balance, burst());
  }

  /** Bits per second; {@link BitRate#UNLIMITED} for no limit. */
  public double rate() {
    return bitsPerSecond;
  }

  /** When the next frame may go; not after {@code now} if it may at once. */
  public long readyAt(long now) {
    if (bitsPerSecond == BitRate.UNLIMITED) {
      return now;
    }
    refill(now);
    return balance >= 0 ? now : now + (long) Math.ceil(-balance * 8e9 / bitsPerSecond);
  }

  /** A frame goes now, whether it may or not. */
  public void charge(int bytes, long now) {
    if (bitsPerSecond != BitRate.UNLIMITED) {
      refill(now);
      balance -= bytes;
    }
  }

  private void refill(long now) {
    double earned = Math.max(0, now - at) * 1e-9 * bitsPerSecond / 8;
    // A millionth of a byte forgives rounding: a wait of readyAt() must be enough.
    balance = Math.min(burst(), balance + earned + 1e-6);
    at = now;
  }

  private double burst() {
    return Math.max(LEAST_BURST_BYTES, bitsPerSecond / 8 * BURST_SECONDS);
  }
}
