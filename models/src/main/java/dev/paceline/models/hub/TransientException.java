package dev.paceline.models.hub;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A failure that may be gone at the next attempt. */
final class TransientException extends IOException {
  private static final long serialVersionUID = 1L;

  /** How long the server asked to wait; zero if it did not say. */
  private final Duration retryAfter;

  /** Whether the failed attempt brought something, so that the next one begins a new series. */
  private final boolean progressed;

  TransientException(String message, Duration retryAfter, @Nullable Throwable cause) {
    this(message, retryAfter, false, cause);
  }

  TransientException(
      String message, Duration retryAfter, boolean progressed, @Nullable Throwable cause) {
    super(message, cause);
    this.retryAfter = retryAfter;
    this.progressed = progressed;
  }

  boolean progressed() {
    return progressed;
  }

  Duration retryAfter() {
    return retryAfter;
  }
}
