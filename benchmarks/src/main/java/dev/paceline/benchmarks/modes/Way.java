package dev.paceline.benchmarks.modes;

import dev.paceline.common.speculation.DecodeMode;
import java.util.Locale;

/**
 * A way to decode that a cell compares.
 *
 * @param automatic whether the client chooses; {@code mode} is then what it opens with
 * @param window draft tokens in flight, or the draft length; 0 where there is none
 */
record Way(boolean automatic, DecodeMode mode, int window) {
  static final Way SERVER_ONLY = new Way(false, DecodeMode.SERVER_ONLY, 0);

  static final Way AUTO = new Way(true, DecodeMode.STREAM, 0);

  /** Without the window. */
  String name() {
    return automatic ? "auto" : mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
