package dev.paceline.common.speculation.target;

/**
 * What to tell a client about its window: how many drafts in flight are of use at present load.
 *
 * <p>One step judges {@code depth} drafts, as many as {@link DraftChoice} would grant this session
 * if plenty waited. While it runs, the drafts for the next one travel; so of use are those of two
 * steps, of one more for each step that a round trip spans, and the token between two steps that
 * the target adds by itself, as long as they are reached with a chance of 5 % at least.
 *
 * <p>When no draft is worth its row the advice is to draft nothing. A client that follows it would
 * never show again how good its drafts are; so it is asked for a single draft now and then, after
 * 32, 64 … 2048 steps, at once again at 32 after a draft was right. Such a draft costs no row: it
 * is compared with what the target writes by itself.
 */
final class WindowAdvice {
  private static final double REACHED = 0.05;
  private static final int FIRST_PAUSE = 32;
  private static final int LONGEST_PAUSE = 2048;

  private int depth = -1;
  private int pause = FIRST_PAUSE;
  private int silent;

  /** The depth that the load allows. */
  void depth(int drafts) {
    depth = drafts;
  }

  /** Drafts were compared with what the target wrote, the first {@code agreed} of them right. */
  void compared(int drafts, int agreed) {
    if (agreed > 0) {
      pause = FIRST_PAUSE;
    } else if (drafts > 0 && silent >= pause) {
      pause = Math.min(LONGEST_PAUSE, 2 * pause);
      silent = 0;
    }
  }

  /**
   * The advice of the verdict that is sent now, as {@code VerdictFrame#windowAdvice} has it: 0
   * none, otherwise one more than the number of drafts.
   *
   * @param alpha chance that a draft is right
   * @param turnaroundSteps round trip in steps
   */
  int next(double alpha, double turnaroundSteps, int maxWindow) {
    if (depth < 0 || maxWindow == 0) {
      return 0;
    }
    if (depth == 0) {
      silent++;
      return 1 + (silent >= pause ? 1 : 0);
    }
    silent = 0;
    double useful = Math.min(maxWindow, depth * (2 + Math.min(turnaroundSteps, maxWindow)) + 1);
    double reached = alpha < 1 ? Math.log(REACHED) / Math.log(alpha) : useful;
    return 1 + Math.max(1, (int) Math.min(useful, reached));
  }
}
