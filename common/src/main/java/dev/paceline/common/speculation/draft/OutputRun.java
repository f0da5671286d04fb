package dev.paceline.common.speculation.draft;

/** Consecutive output tokens that became certain together. Immutable; do not change the array. */
public final class OutputRun {
  private final int firstPosition;
  private final int[] ids;
  private final int accepted;

  OutputRun(int firstPosition, int[] ids, int accepted) {
    this.firstPosition = firstPosition;
    this.ids = ids;
    this.accepted = accepted;
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
    return index < accepted ? Provenance.DRAFTED_ACCEPTED : Provenance.TARGET;
  }
}
