package dev.paceline.common.speculation.draft;

/** Consecutive output tokens that became certain together. Immutable; do not change the array. */
public final class OutputRun {
  private final int firstPosition;
  private final int[] ids;
  private final int accepted;
  private final boolean verified;

  /** Verified tokens. */
  OutputRun(int firstPosition, int[] ids, int accepted) {
    this(firstPosition, ids, accepted, true);
  }

  private OutputRun(int firstPosition, int[] ids, int accepted, boolean verified) {
    this.firstPosition = firstPosition;
    this.ids = ids;
    this.accepted = accepted;
    this.verified = verified;
  }

  /** One token of draft quality. */
  static OutputRun draftOnly(int position, int id) {
    return new OutputRun(position, new int[] {id}, 0, false);
  }

  /** Absolute position of the first id. */
  public int firstPosition() {
    return firstPosition;
  }

  public int[] ids() {
    return ids;
  }

  /** Where the id at an index of {@link #ids} came from. */
  public Provenance provenance(int index) {
    if (!verified) {
      return Provenance.DRAFT_ONLY;
    }
    return index < accepted ? Provenance.DRAFTED_ACCEPTED : Provenance.TARGET;
  }
}
