package dev.paceline.common.speculation.draft;

import dev.paceline.common.UserError;
import dev.paceline.common.link.BitRate;
import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.control.AutoPilot;
import dev.paceline.common.speculation.control.ControlOptions;
import dev.paceline.common.speculation.control.Pilot;
import dev.paceline.common.speculation.control.SpeedRatio;
import org.jspecify.annotations.Nullable;

/** How a {@link DraftSession} drafts and survives. Immutable. */
public final class DraftOptions {
  private final int window;
  private final int attempts;
  private final long firstBackoffNanos;
  private final long lastBackoffNanos;
  private final long stallNanos;
  private final @Nullable ControlOptions control;
  private final double uplinkBitsPerSecond;
  private final long giveUpNanos;
  private final boolean offline;

  /**
   * @param window draft tokens in flight (W), in {@code SYNC} and {@code PEARL} the draft length γ;
   *     0: none
   * @param attempts connections in a row that bring no token before the session gives up
   * @param firstBackoffNanos the wait before the second attempt; doubles with each
   * @param lastBackoffNanos the longest wait
   * @param stallNanos silence after which a connection counts as lost; 0: never
   */
  public DraftOptions(
      int window, int attempts, long firstBackoffNanos, long lastBackoffNanos, long stallNanos) {
    this(
        window,
        attempts,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        null,
        BitRate.UNLIMITED,
        0,
        false);
  }

  private DraftOptions(
      int window,
      int attempts,
      long firstBackoffNanos,
      long lastBackoffNanos,
      long stallNanos,
      @Nullable ControlOptions control,
      double uplinkBitsPerSecond,
      long giveUpNanos,
      boolean offline) {
    if (window < 0) {
      throw new UserError("window " + window + " is negative");
    }
    if (attempts < 1) {
      throw new UserError("number of attempts " + attempts + " is not positive");
    }
    if (giveUpNanos < 0) {
      throw new UserError("time without a server of " + giveUpNanos + " ns is negative");
    }
    if (firstBackoffNanos < 0 || lastBackoffNanos < firstBackoffNanos || stallNanos < 0) {
      throw new UserError(
          "backoff from "
              + firstBackoffNanos
              + " to "
              + lastBackoffNanos
              + " ns with stall limit "
              + stallNanos
              + " ns is not a range of waits");
    }
    this.window = window;
    this.attempts = attempts;
    this.firstBackoffNanos = firstBackoffNanos;
    this.lastBackoffNanos = lastBackoffNanos;
    this.stallNanos = stallNanos;
    this.control = control;
    this.uplinkBitsPerSecond = uplinkBitsPerSecond;
    this.giveUpNanos = giveUpNanos;
    this.offline = offline;
  }

  /**
   * The given window; gives up after eight attempts with waits of up to 50 ms to 2 s, stalls after
   * 30 s.
   */
  public static DraftOptions withWindow(int window) {
    return new DraftOptions(window, 8, 50_000_000L, 2_000_000_000L, 30_000_000_000L);
  }

  /** The same with another number of connections in a row that bring no token. */
  public DraftOptions withAttempts(int connections) {
    return new DraftOptions(
        window,
        connections,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        control,
        uplinkBitsPerSecond,
        giveUpNanos,
        offline);
  }

  /**
   * The same with automatic control, within the window: of everything in {@code STREAM}, of the
   * draft length in {@code PEARL}.
   */
  public DraftOptions withControl(ControlOptions options) {
    return new DraftOptions(
        window,
        attempts,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        options,
        uplinkBitsPerSecond,
        giveUpNanos,
        offline);
  }

  /**
   * The same with the uplink shaped to a rate.
   *
   * @param bitsPerSecond of wire bytes; {@link BitRate#UNLIMITED} for no limit
   */
  public DraftOptions withUplink(double bitsPerSecond) {
    return new DraftOptions(
        window,
        attempts,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        control,
        bitsPerSecond,
        giveUpNanos,
        offline);
  }

  /**
   * The same with a limit in time for servers that are away: the session gives up when none was of
   * use for so long. The number of attempts then counts connections whose answers were wrong.
   *
   * @param nanos positive
   */
  public DraftOptions withGiveUp(long nanos) {
    return new DraftOptions(
        window,
        attempts,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        control,
        uplinkBitsPerSecond,
        nanos,
        offline);
  }

  /** The same, and whether the draft model goes on alone when the session gives up. */
  public DraftOptions withOffline(boolean goesOn) {
    return new DraftOptions(
        window,
        attempts,
        firstBackoffNanos,
        lastBackoffNanos,
        stallNanos,
        control,
        uplinkBitsPerSecond,
        giveUpNanos,
        goesOn);
  }

  /** What chooses within the window in one session; a new one for each. */
  Pilot newPilot(DecodeMode mode) {
    // SYNC has a length of its own: who cuts a block short would wait for its verdict for ever.
    if (control == null || mode == DecodeMode.SYNC) {
      return Pilot.NONE;
    }
    return mode == DecodeMode.PEARL ? new SpeedRatio() : new AutoPilot(control);
  }

  /** Bits per second that the session may send; {@link BitRate#UNLIMITED} for no limit. */
  public double uplinkBitsPerSecond() {
    return uplinkBitsPerSecond;
  }

  public int window() {
    return window;
  }

  public int attempts() {
    return attempts;
  }

  public long firstBackoffNanos() {
    return firstBackoffNanos;
  }

  public long lastBackoffNanos() {
    return lastBackoffNanos;
  }

  public long stallNanos() {
    return stallNanos;
  }

  /** Time without a server that is of use after which a session gives up; 0: none. */
  public long giveUpNanos() {
    return giveUpNanos;
  }

  /** Whether the draft model goes on alone, in draft quality, when the session gives up. */
  public boolean offline() {
    return offline;
  }
}
