package dev.paceline.common.speculation.control;

/**
 * Expected time per output token of a stream session by its window, in closed form.
 *
 * <p>Time is cut into cycles that begin when the server's text contradicts the chain of drafts. Let
 * d be the time of a draft, s that of a server's turn, a what the server needs for a token when
 * this client drafts nothing (s, or less if it then drafts itself), R the round trip and α the
 * acceptance.
 *
 * <ol>
 *   <li><b>Catching up.</b> The first draft of the new chain reaches the server after A = R + 3d/2
 *       (the draft in progress is finished in vain, d/2 on average) and the j-th after A + (j −
 *       1)d. The server meanwhile decodes alone. The chain is ahead of it from the n-th token on,
 *       <pre>n = (A − d) / (s − d),</pre>
 *       and never if d ≥ a: a device that is slower than the server cannot help. The n tokens agree
 *       with the chain with chance α each; the first that does not begins another cycle.
 *   <li><b>Ahead.</b> Drafts arrive every d' = max(d, (R + 2s + d) / (W + 1)), since W drafts at
 *       most wait for a verdict that takes a draft, the round trip, the turn in progress and their
 *       own. One token comes out per d', until after α / (1 − α) of them one is wrong; that one
 *       waits half a turn for its own, in which the server's token ends the cycle.
 * </ol>
 *
 * <p>The server holds instead of decoding alone where that is faster, so a cycle may also begin
 * with a wait of A, and the better of the two counts. A window of 0 gives a. What is left out: the
 * rows of drafts that are judged in vain, and the server's tokens that save a draft. Against the
 * simulation of the real state machines it is within 20 % (see its test), and its best window is as
 * good as the best where rows are cheap.
 */
public final class PaceModel {
  private static final double CERTAIN = 0.995;

  private PaceModel() {}

  /** Expected nanoseconds per output token with that window. */
  public static double nanosPerToken(Conditions conditions, int window) {
    double turn = conditions.turnNanos();
    double draft = conditions.draftNanos();
    if (window == 0 || draft >= turn) {
      return conditions.aloneNanos();
    }
    double catchUp = conditions.rttNanos() + 1.5 * draft;
    double behind = Math.max(1, (catchUp - draft) / (turn - draft));
    return Math.min(
        turn,
        Math.min(cycle(conditions, window, behind, 0), cycle(conditions, window, 0, catchUp)));
  }

  /** Drafts that this device makes per output token with that window. */
  public static double draftsPerToken(Conditions conditions, int window) {
    if (window == 0) {
      return 0;
    }
    double alpha = Math.min(CERTAIN, conditions.acceptance());
    double run = alpha / (1 - alpha);
    double busy = nanosPerToken(conditions, window) / conditions.draftNanos();
    return Math.min(busy, (run + window) / (run + 1));
  }

  /**
   * @param behind tokens that the server decodes alone before the chain is ahead
   * @param wait what it waits instead
   */
  private static double cycle(Conditions conditions, int window, double behind, double wait) {
    double alpha = Math.min(CERTAIN, conditions.acceptance());
    double draft = conditions.draftNanos();
    double turn = conditions.turnNanos();
    double pace = Math.max(draft, (conditions.rttNanos() + 2 * turn + draft) / (window + 1));
    double survives = Math.pow(alpha, behind);
    double caughtUp = (1 - survives) / (1 - alpha);
    double run = alpha / (1 - alpha);
    double nanos = caughtUp * turn + wait + survives * (run * pace + 1.5 * turn);
    double tokens = caughtUp + survives * (run + 1);
    return nanos / tokens;
  }
}
