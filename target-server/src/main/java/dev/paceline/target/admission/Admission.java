package dev.paceline.target.admission;

import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Counts sessions and refuses the ones that would wait too long.
 *
 * <p>A session is accepted if it can run at once, or if the queue has room and its expected wait is
 * bearable. With N running sessions that last D on average, one ends every D / N; the k-th in the
 * queue therefore waits k · D / N. D is an exponentially weighted mean of the sessions that ended;
 * before the first one it is the configured guess.
 *
 * <p>Thread-safe: calls arrive on transport threads.
 */
public final class Admission {
  private static final double NEW_SAMPLE = 0.1;
  private static final long MIN_RETRY_MILLIS = 100;
  private static final long MAX_RETRY_MILLIS = 60_000;

  /**
   * What an operator may set.
   *
   * @param maxSessions sessions that run at once, in general the KV slots; at least 1
   * @param maxQueue sessions that may wait for a slot, at least 0
   * @param maxWaitMillis longest expected wait to accept
   * @param guessedSessionMillis mean length of a session, until one has ended
   */
  public record Capacity(
      int maxSessions, int maxQueue, long maxWaitMillis, long guessedSessionMillis) {
    public Capacity {
      if (maxSessions < 1 || maxQueue < 0 || maxWaitMillis < 0 || guessedSessionMillis < 1) {
        throw new IllegalArgumentException(
            String.format(
                "capacity of %d sessions, queue of %d, wait of %d ms, guess of %d ms is not"
                    + " positive",
                maxSessions, maxQueue, maxWaitMillis, guessedSessionMillis));
      }
    }
  }

  private final Capacity capacity;
  // All guarded by this.
  private int running;
  private int waiting;
  private double meanSessionMillis;
  private boolean draining;

  public Admission(Capacity capacity) {
    this.capacity = capacity;
    this.meanSessionMillis = capacity.guessedSessionMillis();
  }

  /**
   * Asks for a place.
   *
   * @return a ticket, counted as waiting until {@link Ticket#started}, or the refusal
   */
  public synchronized Decision open() {
    if (draining) {
      return new Decision.Refused(
          new Refusal(
              Status.Code.UNAVAILABLE,
              Refusal.Reason.DRAINING,
              "the server is draining and takes no new sessions; resume elsewhere",
              MIN_RETRY_MILLIS));
    }
    int ahead = running + waiting - capacity.maxSessions();
    if (ahead < 0) {
      waiting++;
      return new Decision.Accepted(new Ticket(), 0);
    }
    long wait = expectedWaitMillis(ahead + 1);
    if (ahead >= capacity.maxQueue()) {
      // Worth trying once the queue has moved by one.
      return refused(
          Refusal.Reason.QUEUE_FULL,
          expectedWaitMillis(1),
          String.format(
              "all %d sessions are taken and %d of %d places in the queue too",
              capacity.maxSessions(), ahead, capacity.maxQueue()));
    }
    if (wait > capacity.maxWaitMillis()) {
      return refused(
          Refusal.Reason.WAIT_TOO_LONG,
          wait - capacity.maxWaitMillis(),
          String.format(
              "a session would wait about %d ms for a slot, longer than the %d ms allowed",
              wait, capacity.maxWaitMillis()));
    }
    waiting++;
    return new Decision.Accepted(new Ticket(), wait);
  }

  /** From now on every open is refused as UNAVAILABLE; sessions that have a ticket go on. */
  public synchronized void drain() {
    draining = true;
  }

  /**
   * Waits until no session runs or waits.
   *
   * @return whether that came true in time
   * @throws InterruptedException if the thread was interrupted
   */
  public synchronized boolean awaitIdle(Duration longest) throws InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (running + waiting > 0) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  /** Sessions that run. */
  public synchronized int running() {
    return running;
  }

  /** Sessions that wait for a slot. */
  public synchronized int waiting() {
    return waiting;
  }

  private long expectedWaitMillis(int place) {
    return Math.round(place * meanSessionMillis / capacity.maxSessions());
  }

  private static Decision refused(Refusal.Reason reason, long retryMillis, String sentence) {
    long bounded = Math.max(MIN_RETRY_MILLIS, Math.min(MAX_RETRY_MILLIS, retryMillis));
    return new Decision.Refused(Refusal.retry(reason, bounded, sentence));
  }

  /** One session's place. Closing twice changes nothing. */
  public final class Ticket {
    private boolean started;
    private boolean closed;
    private long startNanos;

    private Ticket() {}

    /** The session has its slot. */
    public void started(long nowNanos) {
      synchronized (Admission.this) {
        if (!started && !closed) {
          started = true;
          startNanos = nowNanos;
          waiting--;
          running++;
        }
      }
    }

    /** The session is over, for whatever reason. */
    public void close(long nowNanos) {
      synchronized (Admission.this) {
        if (closed) {
          return;
        }
        closed = true;
        Admission.this.notifyAll();
        if (!started) {
          waiting--;
          return;
        }
        running--;
        double millis = Math.max(0, nowNanos - startNanos) / 1e6;
        meanSessionMillis += NEW_SAMPLE * (millis - meanSessionMillis);
      }
    }
  }
}
