package dev.paceline.target.admission;

import dev.paceline.target.metrics.ServerMetrics;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Everything that may refuse a client, in the order in which it is asked, and the count of what it
 * refused. Thread-safe.
 */
public final class Gatekeeper {
  private final Admission admission;
  private final OpenGate opens;
  private final RequestLimits limits;
  private final ServerMetrics metrics;
  private final LongSupplier clock;

  /**
   * @param maxSessions sessions that run at once
   * @param contextLength positions of a slot
   * @param clock nanoseconds, monotonic
   */
  public Gatekeeper(
      AdmissionOptions options,
      int maxSessions,
      int contextLength,
      ServerMetrics metrics,
      LongSupplier clock) {
    this.metrics = metrics;
    this.clock = clock;
    admission =
        new Admission(
            new Admission.Capacity(
                maxSessions,
                options.maxQueue(),
                options.maxWaitMillis(),
                AdmissionOptions.GUESSED_SESSION_MILLIS));
    opens =
        new OpenGate(
            options.opensPerSecond(), burst(2 * options.opensPerSecond()), AdmissionOptions.PEERS);
    RequestLimits all = RequestLimits.forContext(Math.max(2, contextLength));
    limits =
        new RequestLimits(
            all.contextLength(),
            options.maxPromptTokens() == 0 ? all.maxPromptTokens() : options.maxPromptTokens(),
            all.maxTokens(),
            AdmissionOptions.MAX_UNDELIVERED,
            options.framesPerSecond(),
            burst(options.framesPerSecond() / 5),
            all.maxMessageBytes());
  }

  private static int burst(double count) {
    return (int) Math.max(1, Math.min(count, Integer.MAX_VALUE));
  }

  /**
   * Judges an open.
   *
   * @param peer who asks
   * @param promptTokens without resumed output
   */
  public Decision open(String peer, int promptTokens) {
    @Nullable Refusal refusal = limits.judge(promptTokens);
    if (refusal == null) {
      refusal = opens.open(peer, now());
    }
    Decision decision = refusal == null ? admission.open() : new Decision.Refused(refusal);
    if (decision instanceof Decision.Refused refused) {
      count(refused.refusal());
    }
    return decision;
  }

  /** For the frames of one new stream. */
  public FrameGate frames() {
    return new FrameGate(limits, now());
  }

  /** Counts a refusal by a {@link FrameGate}. */
  public void count(Refusal refusal) {
    metrics.refused(refusal.reason().label());
  }

  /** Refuses every open from now on. */
  public void drain() {
    admission.drain();
  }

  /**
   * Waits until no session is left.
   *
   * @return whether that came true in time
   * @throws InterruptedException if the thread was interrupted
   */
  public boolean awaitIdle(Duration longest) throws InterruptedException {
    return admission.awaitIdle(longest);
  }

  /** The time, in nanoseconds. */
  public long now() {
    return clock.getAsLong();
  }
}
