package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.control.Pilot;
import org.jspecify.annotations.Nullable;

/**
 * How many drafts to have in flight: the chosen window, the pilot's, the server's, and what the
 * text has room for.
 */
final class DraftWindow {
  private final OpenFrame open;
  private final Pilot pilot;
  private int chosen;
  private @Nullable SessionLimits limits;

  DraftWindow(OpenFrame open, int chosen, Pilot pilot) {
    this.open = open;
    this.pilot = pilot;
    this.chosen = chosen;
  }

  void choose(int draftTokens) {
    chosen = Math.max(0, draftTokens);
  }

  /** What the newest server grants. */
  void limit(SessionLimits granted) {
    limits = granted;
  }

  /** The window in force; in {@code PEARL} the draft length γ. */
  int size() {
    int wanted = Math.min(chosen, pilot.window());
    if (limits == null) {
      return wanted;
    }
    // In PEARL a block less its first token is tentative while the next one is sent.
    int most = limits.maxWindow();
    return Math.min(wanted, open.mode() == DecodeMode.PEARL ? (most + 1) / 2 : most);
  }

  /**
   * Drafts that are of use behind the verified tokens: none after a drafted stop id, and none for
   * the last position, which the target picks in any case.
   */
  int wanted(DraftChain chain) {
    int inFlight = chain.inFlight();
    int most = size() + (open.mode() == DecodeMode.PEARL ? chain.sentInFlight() : 0);
    if (inFlight > 0 && open.stopsAt(chain.get(chain.end() - 1))) {
      return Math.min(inFlight, most);
    }
    return (int) Math.min(most, Math.max(0, longest() - 1 - chain.verified()));
  }

  /** Tokens that the text may have, its prompt included, as far as is known. */
  long longest() {
    int prompt = open.prompt().length;
    long longest = (long) prompt + open.maxTokens();
    if (limits != null) {
      longest = Math.min(longest, (long) prompt + limits.maxTokens());
      longest = Math.min(longest, limits.contextLength());
    }
    return longest;
  }
}
