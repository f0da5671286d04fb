package dev.paceline.common.speculation.target;

/** What a session wants from its next step; an engine may serve kinds in an order of its own. */
public enum WorkKind {
  /** Computes keys and values of known tokens; the last chunk also picks. */
  PREFILL,
  /** Judges drafts that wait. */
  VERIFY,
  /** Decodes one token without a draft. */
  SELF_ADVANCE
}
