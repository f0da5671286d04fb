package dev.paceline.common.link;

/**
 * What a link carries upwards, from how long answers take. A link of rate R that got frames at
 * known times has a backlog that follows from R alone: each frame adds its bytes, time works them
 * off. An answer that took longer than the link's least round trip by some excess says what the
 * backlog was when the question left, and so R. Time in which nothing was under way, the sender's
 * own shaping included, has no part in it. The least round trip is taken to be that of the smallest
 * frame alone, whose own bytes are therefore not in the excess.
 *
 * <p><b>Slower.</b> How long the answer waited at the other end is known within limits only. Where
 * the least possible excess is beyond the noise of a link, and more than a few frames explain it,
 * the middle between the limits is a sample of the rate. A single one may be a hiccup: once there
 * is a rate, it takes two in a row to lower it. A frame that is late without any answer is such a
 * sample too.
 *
 * <p><b>Faster.</b> An answer in time says that the link is not slower than the largest possible
 * excess allows, which raises the rate and never lowers it. A sender that keeps to the rate would
 * never notice that the link has become faster; so while it does, and answers show no backlog, the
 * rate grows by a little.
 *
 * <p>An excess that has other causes gives about the rate at which frames were sent in that time,
 * or more, so that it hardly slows down who keeps to it. Not thread-safe.
 */
public final class RateEstimator {
  private static final int REMEMBERED = 256;
  private static final double GAIN = 0.25;

  /** A rate that is wrong by more than that is left at once. */
  private static final double FAR = 4;

  private static final double GROWTH = 1.02;

  /** Frames that say whether the sender keeps to the rate, and the part of it that they fill. */
  private static final int RUN = 4;

  private static final double FULL = 0.8;

  /** Less is noise: timers, other traffic, a radio that wakes up. */
  private static final long LEAST_EXCESS_NANOS = 10_000_000;

  /** Fewer do not explain an excess; they only happened to meet it. */
  private static final int LEAST_FRAMES = 4;

  private static final double LEAST_RATE = 100;
  private static final double MOST_RATE = 1e11;

  private final long[] sentAt = new long[REMEMBERED];
  private final int[] sentBytes = new int[REMEMBERED];
  private long count;

  /** The first frame on this link. */
  private long first;

  private int smallest = Integer.MAX_VALUE;

  /** The newest frame that is known to have arrived, and since when that is known. */
  private long arrived = -1;

  private long arrivedAt;
  private double rate;
  private boolean measured;

  /** What the answer before said of a slow link; 0 if it was in time. */
  private double sampleBefore;

  /**
   * A frame leaves.
   *
   * @return a mark that stands for it in {@link #answered} and {@link #late}
   */
  public long sent(int bytes, long now) {
    int slot = slot(count);
    sentAt[slot] = now;
    sentBytes[slot] = bytes;
    smallest = Math.min(smallest, bytes);
    return count++;
  }

  /**
   * The other end has answered the frame.
   *
   * @param excessNanos what the answer took above the link's least round trip
   * @param waitNanos the most of that for which the answer may have waited at the other end
   */
  public void answered(long mark, long excessNanos, long waitNanos, long leastRttNanos, long now) {
    if (forgotten(mark)) {
      return;
    }
    long noise = noise(leastRttNanos);
    double sample = excessNanos - waitNanos > noise ? rateOf(mark, excessNanos - waitNanos / 2) : 0;
    if (sample > 0 && explains(mark, sample)) {
      slow(sample);
    } else {
      sampleBefore = 0;
      rate = Math.max(rate, rateOf(mark, Math.max(excessNanos, noise)));
      if (measured && excessNanos <= noise && keepsToRate(mark)) {
        rate = Math.min(MOST_RATE, GROWTH * rate);
      }
    }
    if (mark > arrived) {
      arrived = mark;
      arrivedAt = now;
    }
  }

  /**
   * The frame had not arrived when an answer was made that it would have been part of.
   *
   * @param excessNanos what it has taken until then above the link's least round trip
   */
  public void late(long mark, long excessNanos, long leastRttNanos) {
    if (forgotten(mark) || excessNanos <= noise(leastRttNanos)) {
      return;
    }
    double most = rateOf(mark, excessNanos);
    if (explains(mark, most) && (!measured || most < rate)) {
      slow(most);
    }
  }

  private void slow(double sample) {
    if (!measured) {
      rate = sample;
      measured = true;
    } else if (sampleBefore > 0) {
      double both = Math.max(sampleBefore, sample);
      rate = both < rate / FAR ? both : rate + GAIN * (both - rate);
    }
    sampleBefore = sample;
  }

  private static long noise(long leastRttNanos) {
    return Math.max(LEAST_EXCESS_NANOS, leastRttNanos / 2);
  }

  private boolean explains(long mark, double sample) {
    return backlogBytes(mark, sample) >= (double) LEAST_FRAMES * smallest;
  }

  /** Whether the rate was what held the last frames back. */
  private boolean keepsToRate(long mark) {
    long from = mark - RUN;
    if (from < oldest()) {
      return false;
    }
    double bytes = 0;
    for (long i = from; i < mark; i++) {
      bytes += sentBytes[slot(i)];
    }
    return bytes * 8e9 >= FULL * rate * (sentAt[slot(mark)] - sentAt[slot(from)]);
  }

  private boolean forgotten(long mark) {
    return mark < oldest() || mark >= count;
  }

  private long oldest() {
    return Math.max(first, count - REMEMBERED);
  }

  private static int slot(long mark) {
    return (int) (mark % REMEMBERED);
  }

  /**
   * The rate at which what is before a frame is worth that time, by bisection of its logarithm; 0
   * if it is less at any rate.
   */
  private double rateOf(long mark, long excessNanos) {
    double low = LEAST_RATE;
    double high = MOST_RATE;
    for (int i = 0; i < 40; i++) {
      double middle = Math.sqrt(low * high);
      if ((backlogBytes(mark, middle) - smallest) * 8e9 / middle > excessNanos) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low > LEAST_RATE ? high : 0;
  }

  /** What waits in a link of that rate when the frame has been handed to it, itself included. */
  private double backlogBytes(long mark, double bitsPerSecond) {
    double backlog = 0;
    long from = oldest();
    if (arrived < mark && sentAt[slot(mark)] >= arrivedAt) {
      from = Math.max(from, arrived + 1);
    }
    for (long i = from; i <= mark; i++) {
      if (i > from) {
        long nanos = sentAt[slot(i)] - sentAt[slot(i - 1)];
        backlog = Math.max(0, backlog - nanos * 1e-9 * bitsPerSecond / 8);
      }
      backlog += sentBytes[slot(i)];
    }
    return backlog;
  }

  /** Another link: nothing is known of it, and marks from before stand for nothing. */
  public void reset() {
    first = count;
    smallest = Integer.MAX_VALUE;
    arrived = -1;
    rate = 0;
    sampleBefore = 0;
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
