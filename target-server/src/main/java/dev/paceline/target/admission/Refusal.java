package dev.paceline.target.admission;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Why something is not served.
 *
 * @param code RESOURCE_EXHAUSTED where trying later helps, INVALID_ARGUMENT where only another
 *     request does, UNAVAILABLE while draining, DEADLINE_EXCEEDED for a client that went silent
 * @param reason a label for metrics: few, fixed values
 * @param sentence for the client; names the offending value and what was expected
 * @param retryAfterMillis when trying again is worth it; 0: never as it stands
 */
public record Refusal(Status.Code code, Reason reason, String sentence, long retryAfterMillis) {
  /**
   * Trailer with the milliseconds to wait. gRPC's own name for it: clients with a retry policy obey
   * it without code.
   */
  public static final Metadata.Key<String> RETRY_AFTER =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  /** Labels of {@code paceline_requests_refused_total}. */
  public enum Reason {
    QUEUE_FULL,
    WAIT_TOO_LONG,
    DRAINING,
    OPEN_RATE,
    FRAME_RATE,
    IN_FLIGHT,
    IDLE,
    LIMITS;

    /** Lower case, as metrics show it. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  static Refusal retry(Reason reason, long retryAfterMillis, String sentence) {
    return new Refusal(Status.Code.RESOURCE_EXHAUSTED, reason, sentence, retryAfterMillis);
  }

  /** For a stream that has said nothing for too long. */
  public static Refusal idle(String sentence) {
    return new Refusal(Status.Code.DEADLINE_EXCEEDED, Reason.IDLE, sentence, 0);
  }

  static Refusal invalid(String sentence) {
    return new Refusal(Status.Code.INVALID_ARGUMENT, Reason.LIMITS, sentence, 0);
  }

  /** What to close the call with; the retry hint is a trailer. */
  public StatusRuntimeException asException() {
    return Status.fromCode(code).withDescription(sentence).asRuntimeException(trailers());
  }

  /** The retry hint, if there is one. */
  public Metadata trailers() {
    Metadata trailers = new Metadata();
    if (retryAfterMillis > 0) {
      trailers.put(RETRY_AFTER, Long.toString(retryAfterMillis));
    }
    return trailers;
  }
}
