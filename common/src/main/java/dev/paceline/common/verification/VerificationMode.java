package dev.paceline.common.verification;

/** Which rule judges drafts. */
public enum VerificationMode {
  /** Both sides run the same race; a draft is accepted iff it is the target's own pick. */
  COUPLED,
  /** Accept with min(1, p/q), otherwise sample afresh from p; not distribution-preserving. */
  PAPER,
  /** Accept with min(1, p/q), otherwise sample from norm(max(p − q, 0)); lossless. */
  RESIDUAL
}
