package dev.paceline.target.engine;

import dev.paceline.common.speculation.TokenSequence;
import org.jspecify.annotations.Nullable;

/** What a slot of the server's draft model holds keys and values of. Engine thread only. */
final class DraftSlot {
  private final TokenSequence held = new TokenSequence();
  private @Nullable EngineSession owner;
  private int agreed;

  /**
   * Rolls the slot back to where it agrees with a session's text.
   *
   * @return known tokens that it does not hold then, at least 1: the last one is computed again if
   *     need be, for its pick
   */
  int behind(EngineSession session) {
    if (owner != session) {
      owner = session;
      agreed = 0;
    }
    TokenSequence known = session.machine.known();
    int most = Math.min(held.length(), known.length() - 1);
    while (agreed < most && held.get(agreed) == known.get(agreed)) {
      agreed++;
    }
    agreed = Math.min(agreed, most);
    held.truncate(agreed);
    return known.length() - agreed;
  }

  /** Positions that it holds. */
  int length() {
    return held.length();
  }

  /** The model has computed more positions. */
  void computed(int[] tokens) {
    for (int token : tokens) {
      held.add(token);
    }
  }
}
