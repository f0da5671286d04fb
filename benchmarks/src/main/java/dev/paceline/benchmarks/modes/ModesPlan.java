package dev.paceline.benchmarks.modes;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.DecodeMode;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure.
 *
 * @param windows candidates for the best draft length of each mode that drafts
 * @param runs measured runs per way, interleaved (times {@link Cell#repeats}); the search for the
 *     best window is one more
 * @param prompts texts per run
 * @param tokens of each text
 * @param lanes cells at a time
 * @param finalists windows per mode that the search leaves for the measured runs
 */
record ModesPlan(
    List<Cell> cells,
    List<DecodeMode> modes,
    List<Integer> windows,
    int runs,
    int prompts,
    int tokens,
    int lanes,
    int finalists) {
  ModesPlan {
    positive("--runs", runs, 1000);
    positive("--prompts", prompts, Texts.available());
    positive("--tokens", tokens, 400);
    positive("--lanes", lanes, 64);
    if (cells.isEmpty()) {
      throw new UserError("nothing to measure: no cell was chosen");
    }
    for (int window : windows) {
      positive("--windows", window, 64);
    }
  }

  private static void positive(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new UserError(option + " " + value + " is not between 1 and " + most);
    }
  }

  /** Every way of the search, automatic control and the target alone not included. */
  List<Way> candidates() {
    List<Way> ways = new ArrayList<>();
    for (DecodeMode mode : modes) {
      if (mode.drafts()) {
        for (int window : windows) {
          ways.add(new Way(false, mode, window));
        }
      } else if (mode != DecodeMode.SERVER_ONLY) {
        ways.add(new Way(false, mode, 0));
      }
    }
    return ways;
  }
}
