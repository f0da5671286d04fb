package dev.paceline.common.speculation;

/** The server's answer to {@link OpenFrame}. Immutable. */
public final class OpenedFrame {
  private final int epoch;
  private final int cachedPrefix;
  private final SessionLimits limits;
  private final String modelId;
  private final String sessionId;

  /**
   * @param epoch the epoch that drafts must carry
   * @param cachedPrefix positions whose keys and values the server already held
   */
  public OpenedFrame(
      int epoch, int cachedPrefix, SessionLimits limits, String modelId, String sessionId) {
    this.epoch = epoch;
    this.cachedPrefix = cachedPrefix;
    this.limits = limits;
    this.modelId = modelId;
    this.sessionId = sessionId;
  }

  public int epoch() {
    return epoch;
  }

  public int cachedPrefix() {
    return cachedPrefix;
  }

  public SessionLimits limits() {
    return limits;
  }

  public String modelId() {
    return modelId;
  }

  public String sessionId() {
    return sessionId;
  }
}
