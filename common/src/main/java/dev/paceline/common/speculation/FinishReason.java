package dev.paceline.common.speculation;

/** Why a generation ended. */
public enum FinishReason {
  /** A stop id was put out; it is the last output token. */
  STOP,
  /** The granted number of output tokens was reached. */
  LENGTH,
  /** The client asked for the end. */
  CANCELLED,
  /** The sequence fills the model's context. */
  CONTEXT,
  /** Only at the client: the server refused the request and said why. */
  REFUSED,
  /** Only at the client: no server could be reached any more. */
  UNREACHABLE
}
