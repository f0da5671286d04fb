package dev.paceline.target.admission;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits how often one peer opens a stream. A peer is whatever the caller names it: an address
 * without its port, or the principal that authentication found.
 *
 * <p>Memory is bounded: the peer seen longest ago is forgotten first, which at worst forgives it.
 * Thread-safe.
 */
public final class OpenGate {
  private final double opensPerSecond;
  private final int burst;
  // Guarded by this; in the order of last use.
  private final Map<String, Bucket> buckets;

  /**
   * @param opensPerSecond in the long run, positive
   * @param burst at once, at least 1
   * @param maxPeers peers to remember, at least 1
   */
  public OpenGate(double opensPerSecond, int burst, int maxPeers) {
    if (!(opensPerSecond > 0) || burst < 1 || maxPeers < 1) {
      throw new IllegalArgumentException(
          String.format(
              "%s opens per second in bursts of %d for %d peers: each must be positive",
              opensPerSecond, burst, maxPeers));
    }
    this.opensPerSecond = opensPerSecond;
    this.burst = burst;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > maxPeers;
          }
        };
  }

  /**
   * Counts one open.
   *
   * @return why it is refused, or null
   */
  public synchronized @Nullable Refusal open(String peer, long nowNanos) {
    long early =
        buckets
            .computeIfAbsent(peer, p -> new Bucket(opensPerSecond, burst, nowNanos))
            .take(nowNanos);
    if (early == 0) {
      return null;
    }
    return Refusal.retry(
        Refusal.Reason.OPEN_RATE,
        Math.max(1, (early + 999_999) / 1_000_000),
        String.format(
            "this peer opens more than %s streams per second (bursts of %d are fine)",
            opensPerSecond, burst));
  }

  /** Peers remembered. */
  synchronized int size() {
    return buckets.size();
  }
}
