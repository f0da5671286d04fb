package dev.paceline.common.speculation.draft;

/** Where an output token came from. */
public enum Provenance {
  /** Drafted by the client, accepted by the target. */
  DRAFTED_ACCEPTED,
  /** The target's own: recovered, bonus or self-advanced. */
  TARGET,
  /** The draft model's, with no server to verify it: draft quality. */
  DRAFT_ONLY
}
