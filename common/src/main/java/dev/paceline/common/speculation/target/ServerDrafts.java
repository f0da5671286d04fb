package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.TokenSequence;

/**
 * The drafts that the server makes itself for one session: a run that starts at the first unknown
 * position and waits for its step, how likely such drafts are right, and whether they are wanted.
 *
 * <p>They are wanted when the client asked for them ({@code COLOCATED}), while it leaves drafting
 * to the server for the time being ({@code STREAM}), and until its own have shown that they are of
 * use: on the running mean of the last steps, at least one in five steps confirmed a draft of the
 * client. Drafts of the client that wait always come first.
 *
 * <p>A draft model that is no good gets no drafts judged, and would then never show that it has
 * become better. So after 32, 64 … 2048 steps without one, a single draft is worth a try whatever
 * is expected of it; after one that was right the pause is 32 steps again.
 */
public final class ServerDrafts {
  private static final double USELESS = 0.2;
  private static final double GAIN = 0.2;
  private static final int FIRST_PAUSE = 32;
  private static final int LONGEST_PAUSE = 2048;

  private final boolean asked;
  private final TokenSequence run = new TokenSequence();
  private final Acceptance acceptance = new Acceptance();
  private double clientYield;
  private boolean handedOver;
  private int silent;
  private int pause = FIRST_PAUSE;

  /**
   * @param asked whether the client left drafting to the server
   */
  ServerDrafts(boolean asked) {
    this.asked = asked;
  }

  /** Whether the session has no better source of drafts. */
  public boolean wanted() {
    return asked || handedOver || clientYield < USELESS;
  }

  /** The client leaves drafting to the server, or does it itself again. */
  void handOver(boolean toServer) {
    handedOver = toServer;
  }

  /** Whether the client leaves drafting to the server for the time being. */
  boolean handedOver() {
    return handedOver;
  }

  /** The chance, in [0, 1], that such a draft is right when those before it are. */
  public double acceptance() {
    return acceptance.chance();
  }

  /** Whether it is time to try one although it does not seem to pay. */
  public boolean worthATry() {
    return silent >= pause;
  }

  /** Drafts that wait for their step. */
  int count() {
    return run.length();
  }

  int get(int index) {
    return run.get(index);
  }

  /** Adds drafts for the positions behind those that wait. */
  void add(int[] ids) {
    for (int id : ids) {
      run.add(id);
    }
  }

  /** A token became known; the run goes on behind it or is over. */
  void commit(int id) {
    if (run.length() > 0 && run.get(0) == id) {
      run.removeFirst(1);
    } else {
      run.truncate(0);
    }
  }

  /**
   * A step put out tokens.
   *
   * @param clientAccepted drafts of the client that became output
   * @param judged drafts of the server that the step judged
   * @param right how many of them were right
   */
  void stepped(int clientAccepted, int judged, int right) {
    clientYield += GAIN * (Math.min(1, clientAccepted) - clientYield);
    acceptance.judged(judged, right);
    if (judged == 0) {
      silent++;
      return;
    }
    if (right > 0) {
      pause = FIRST_PAUSE;
    } else if (silent >= pause) {
      pause = Math.min(LONGEST_PAUSE, 2 * pause);
    }
    silent = 0;
  }
}
