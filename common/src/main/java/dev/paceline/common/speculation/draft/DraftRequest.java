package dev.paceline.common.speculation.draft;

import java.util.Arrays;

/**
 * Asks the drafter for the token at one position. Its cache is right for positions below {@code
 * keep}; it rolls back to there, feeds the tokens from there to the position, and picks by the
 * session's race for that position. Immutable; the array must not be changed.
 */
public final class DraftRequest {
  private final int generation;
  private final int keep;
  private final int[] feed;
  private final int most;

  DraftRequest(int generation, int keep, int[] feed, int most) {
    this.generation = generation;
    this.keep = keep;
    this.feed = feed;
    this.most = most;
  }

  /** Which chain of drafts it belongs to; a contradiction starts another. */
  int generation() {
    return generation;
  }

  /** Positions of the drafter's cache that stay. */
  public int keep() {
    return keep;
  }

  /** Ids at the positions from {@link #keep} to {@link #position}, the latter excluded. */
  public int[] feed() {
    return feed;
  }

  /** Drafts, this one included, that the window has room for: what may be asked next. */
  public int most() {
    return most;
  }

  /** The position to draft. */
  public int position() {
    return keep + feed.length;
  }

  @Override
  public String toString() {
    return "draft " + position() + " keep " + keep + " feed " + Arrays.toString(feed);
  }
}
