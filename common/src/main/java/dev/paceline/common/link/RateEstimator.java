package dev.paceline.common.link;

/**
 * What a link carries upwards, from how long answers take. A link of rate R that got frames at
 * known times has a backlog that follows from R alone: each frame adds its bytes, time works them
 * off. An answer that took longer than the link's own round trip by some excess says what the
 * backlog was when the question left, and so R. Time in which nothing was under way, the sender's
 * own shaping included, has no part in it.
 *
 * <p>An excess within the noise of a link, one that few bytes explain, and an answer that also
 * waited for the server only say that the link is not slower than that; such samples raise the rate
 * and never lower it. Not thread-safe.
 */
public final class RateEstimator {
  private static final int REMEMBERED = 256;
  private static final double GAIN = 0.25;

  /** Less is noise: timers, other traffic, a radio that wakes up. */
  private static final long LEAST_EXCESS_NANOS = 10_000_000;

  /** Fewer bytes than that do not explain an excess; they only happened to meet it. */
  private static final long LEAST_BYTES = 200;

  private static final double LEAST_RATE = 100;
  private static final double MOST_RATE = 1e11;

  private final long[] sentAt = new long[REMEMBERED];
  private final int[] sentBytes = new int[REMEMBERED];
  private long count;

  /** The newest frame that is known to have arrived, and since when that is known. */
  private long arrived = -1;

  private long arrivedAt;
  private double rate;
  private boolean measured;

  /**
   * A frame leaves.
   *
   * @return a mark that stands for it in {@link #answered} and {@link #bound}
   */
  public long sent(int bytes, long now) {
    int slot = (int) (count % REMEMBERED);
    sentAt[slot] = now;
    sentBytes[slot] = bytes;
    return count++;
  }

  /**
   * The other end has answered the frame at once.
   *
   * @param excessNanos what the answer took above the link's least round trip
   */
  public void answered(long mark, long excessNanos, long leastRttNanos, long now) {
    long noise = Math.max(LEAST_EXCESS_NANOS, leastRttNanos / 2);
    if (forgotten(mark)) {
      return;
    }
    if (excessNanos <= noise) {
      bound(mark, noise, now);
      return;
    }
    double sample = rateOf(mark, excessNanos);
    if (backlogBytes(mark, sample) < LEAST_BYTES) {
      rate = Math.max(rate, sample);
    } else {
      rate = measured ? rate + GAIN * (sample - rate) : sample;
      measured = true;
    }
    arrived(mark, now);
  }

  /**
   * The frame took at most that much longer than the link's least round trip.
   *
   * @param excessNanos positive
   */
  public void bound(long mark, long excessNanos, long now) {
    if (!forgotten(mark) && excessNanos > 0) {
      rate = Math.max(rate, rateOf(mark, excessNanos));
      arrived(mark, now);
    }
  }

  private void arrived(long mark, long now) {
    if (mark > arrived) {
      arrived = mark;
      arrivedAt = now;
    }
  }

  private boolean forgotten(long mark) {
    return mark < 0 || mark >= count || count - mark > REMEMBERED;
  }

  /** The rate at which the backlog behind a frame is worth that time; by bisection of its log. */
  private double rateOf(long mark, long excessNanos) {
    double low = LEAST_RATE;
    double high = MOST_RATE;
    for (int i = 0; i < 40; i++) {
      double middle = Math.sqrt(low * high);
      if (backlogBytes(mark, middle) * 8e9 / middle > excessNanos) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** What waits in a link of that rate when the frame has been handed to it, itself included. */
  private double backlogBytes(long mark, double bitsPerSecond) {
    double backlog = 0;
    long oldest = Math.max(0, count - REMEMBERED);
    if (arrived < mark && sentAt[(int) (mark % REMEMBERED)] >= arrivedAt) {
      oldest = Math.max(oldest, arrived + 1);
    }
    for (long i = oldest; i <= mark; i++) {
      int slot = (int) (i % REMEMBERED);
      if (i > oldest) {
        long before = sentAt[(int) ((i - 1) % REMEMBERED)];
        backlog = Math.max(0, backlog - (sentAt[slot] - before) * 1e-9 * bitsPerSecond / 8);
      }
      backlog += sentBytes[slot];
    }
    return backlog;
  }

  /** Another link: nothing is known of it. */
  public void reset() {
    count = 0;
    arrived = -1;
    rate = 0;
    measured = false;
  }

  /** Bits per second that the link carries, or at least carries; 0 if unknown. */
  public double bitsPerSecond() {
    return rate;
  }

  /** Whether the link was the bottleneck at least once, so that the rate is its own. */
  public boolean measured() {
    return measured;
  }
}
