package dev.paceline.scheduler.mec;

/** Plays a trace forwards, then backwards, so that gains never jump. */
final class TraceChannel implements Channel {
  private final SionnaTrace trace;
  private final int subSlots;
  private int tick;

  TraceChannel(SionnaTrace trace, int firstSlot, int subSlots) {
    this.trace = trace;
    this.subSlots = subSlots;
    this.tick = firstSlot * subSlots;
  }

  @Override
  public int devices() {
    return trace.devices();
  }

  @Override
  public int servers() {
    return trace.servers();
  }

  @Override
  public double gainDb(int device, int server) {
    int period = Math.max(1, 2 * (trace.slots() - 1));
    int phase = tick / subSlots % period;
    return trace.gainDb(phase < trace.slots() ? phase : period - phase, device, server);
  }

  @Override
  public void advance() {
    tick++;
  }
}
