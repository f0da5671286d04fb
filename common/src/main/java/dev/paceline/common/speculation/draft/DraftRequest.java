package dev.paceline.common.speculation.draft;

import dev.paceline.common.sampling.Race;
import dev.paceline.common.sampling.Uniforms;
import dev.paceline.common.sampling.Uniforms.Purpose;
import dev.paceline.common.verification.VerificationMode;
import java.util.Arrays;

/**
 * Asks the drafter for the token at one position. Its cache is right for positions below {@code
 * keep}; it rolls back to there, feeds the tokens from there to the position, and picks by the
 * session's race for that position; under {@code RESIDUAL} by {@link #uniform} from a distribution
 * that it states. Immutable; the array must not be changed.
 */
public final class DraftRequest {
  private final int generation;
  private final int keep;
  private final int[] feed;
  private final int most;
  private final VerificationMode verification;

  DraftRequest(int generation, int keep, int[] feed, int most, VerificationMode verification) {
    this.verification = verification;
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

  /** Which rule will judge the draft. */
  public VerificationMode verification() {
    return verification;
  }

  /**
   * What the draft is drawn by where it is not picked by the race. Another chain of drafts draws
   * anew at the same position: drafts of a chain that failed say something of how late this one is,
   * and so of whether it is judged at all, which a draw that they shared would carry into the text.
   *
   * @param seed of the session
   * @return in (0, 1)
   */
  public double uniform(long seed) {
    return Uniforms.at(seed ^ Race.mix(generation), position(), Purpose.DRAFT);
  }

  @Override
  public String toString() {
    return "draft " + position() + " keep " + keep + " feed " + Arrays.toString(feed);
  }
}
