package dev.paceline.common.simulation;

/** What a server's device can do. Immutable. */
public final class DeviceProfile {
  final long stepNanos;
  final long rowNanos;
  final int maxRows;
  final int slots;
  final long draftNanos;

  /**
   * @param stepNanos duration of a step without rows
   * @param rowNanos what each row adds
   * @param maxRows rows of a step, over all its sessions
   * @param slots sessions that have a cache at the same time
   */
  public DeviceProfile(long stepNanos, long rowNanos, int maxRows, int slots) {
    this(stepNanos, rowNanos, maxRows, slots, 0);
  }

  private DeviceProfile(long stepNanos, long rowNanos, int maxRows, int slots, long draftNanos) {
    this.draftNanos = draftNanos;
    this.stepNanos = stepNanos;
    this.rowNanos = rowNanos;
    this.maxRows = maxRows;
    this.slots = slots;
  }

  /** The same with a draft model of its own that takes so long per step; 0 for none. */
  DeviceProfile withDraft(long nanos) {
    return new DeviceProfile(stepNanos, rowNanos, maxRows, slots, nanos);
  }
}
