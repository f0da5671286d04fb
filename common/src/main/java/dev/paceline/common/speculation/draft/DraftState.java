package dev.paceline.common.speculation.draft;

/** A state of {@link DraftSession}. */
public enum DraftState {
  /** Not started. */
  NEW,
  /** A connection was asked for. */
  CONNECTING,
  /** The request was sent; the server has not answered. */
  OPENING,
  /** The server has answered. */
  DECODING,
  /** Over. */
  DONE
}
