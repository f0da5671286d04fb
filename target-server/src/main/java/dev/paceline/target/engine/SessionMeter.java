package dev.paceline.target.engine;

import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.target.metrics.ServerMetrics;

/** Times one session's life for the server's metrics. Engine thread only; nanoseconds. */
final class SessionMeter {
  private final ServerMetrics metrics;
  private final long openedAt;
  private boolean stepped;
  private boolean over;
  private long lastOutput;
  private int output;
  private long drafted;
  private long accepted;
  private long serverDrafted;
  private long serverAccepted;

  SessionMeter(ServerMetrics metrics, long now) {
    this.metrics = metrics;
    openedAt = now;
  }

  /** The session takes part in a step; the first time ends its wait. */
  void step(int tokens, int cached, long now) {
    if (!stepped) {
      stepped = true;
      metrics.started(tokens, cached, now - openedAt);
    }
  }

  void verdict(VerdictFrame frame, long now) {
    int count = frame.ids().length;
    drafted += frame.drafted();
    accepted += frame.accepted();
    metrics.verified(frame.drafted(), frame.accepted());
    metrics.serverDrafts(frame.serverDrafted(), frame.serverAccepted());
    serverDrafted += frame.serverDrafted();
    serverAccepted += frame.serverAccepted();
    int more = count;
    if (output == 0) {
      metrics.firstToken(now - openedAt);
      lastOutput = now;
      more--;
    }
    if (more > 0) {
      metrics.tokens(more, now - lastOutput);
    }
    output += count;
    lastOutput = now;
  }

  /**
   * The session ended; only the first call counts.
   *
   * @param reason label of few values
   */
  void finished(String reason, long now) {
    if (!over) {
      over = true;
      metrics.finished(reason, now - openedAt);
    }
  }

  long openedAt() {
    return openedAt;
  }

  /** Output tokens of this stream. */
  int output() {
    return output;
  }

  /** Draft tokens judged. */
  long drafted() {
    return drafted;
  }

  /** Draft tokens accepted. */
  long accepted() {
    return accepted;
  }

  /** Tokens that the server drafted, judged. */
  long serverDrafted() {
    return serverDrafted;
  }

  /** Tokens that the server drafted, accepted. */
  long serverAccepted() {
    return serverAccepted;
  }
}
