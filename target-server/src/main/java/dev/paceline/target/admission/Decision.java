package dev.paceline.target.admission;

/** Whether a session may start. */
public sealed interface Decision {
  /**
   * It may.
   *
   * @param ticket to be closed when the session ends, however it ends
   * @param expectedWaitMillis until it gets a slot; 0 if one is free
   */
  record Accepted(Admission.Ticket ticket, long expectedWaitMillis) implements Decision {}

  /**
   * It may not.
   *
   * @param refusal what to tell the client
   */
  record Refused(Refusal refusal) implements Decision {}
}
