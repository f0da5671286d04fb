package dev.paceline.common.speculation.control;

import dev.paceline.common.link.BitRate;
import java.util.Locale;

/** A change of what an {@link AutoPilot} has chosen, and why. Immutable. */
public final class Decision {
  private final long nanos;
  private final int position;
  private final int window;

  private final double stopBelow;
  private final double uplinkBytesPerSecond;
  private final double nanosPerToken;
  private final Conditions conditions;
  private final String reason;

  Decision(
      long nanos,
      int position,
      int window,
      double stopBelow,
      double uplinkBytesPerSecond,
      double nanosPerToken,
      Conditions conditions,
      String reason) {
    this.nanos = nanos;
    this.position = position;
    this.window = window;

    this.stopBelow = stopBelow;
    this.uplinkBytesPerSecond = uplinkBytesPerSecond;
    this.nanosPerToken = nanosPerToken;
    this.conditions = conditions;
    this.reason = reason;
  }

  /** When, on the clock of the session's events. */
  public long nanos() {
    return nanos;
  }

  /** Of the first token without a verdict. */
  public int position() {
    return position;
  }

  /** Drafts that may be without a verdict; 0: the server decodes alone. */
  public int window() {
    return window;
  }

  /** That the link carries, as told or as measured; 0 if that is not known. */
  public double uplinkBytesPerSecond() {
    return uplinkBytesPerSecond;
  }

  /** The chance of being right below which a chain of drafts is not continued. */
  public double stopBelow() {
    return stopBelow;
  }

  /** What the model expects of the choice. */
  public double nanosPerToken() {
    return nanosPerToken;
  }

  public Conditions conditions() {
    return conditions;
  }

  /** In a few words. */
  public String reason() {
    return reason;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "at %d: window %d, stop below %.2f (%s): expects %.1f ms a token, %.1f without drafts;"
            + " %s, uplink %s",
        position,
        window,
        stopBelow,
        reason,
        nanosPerToken * 1e-6,
        conditions.aloneNanos() * 1e-6,
        conditions,
        uplinkBytesPerSecond > 0 ? BitRate.text(8 * uplinkBytesPerSecond) : "unknown");
  }
}
