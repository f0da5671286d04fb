package dev.paceline.models.compile;

/**
 * The one tensor (int64, on the CPU) that a call of {@link DraftProgram} passes in: a header, then
 * the ids to feed, then one race key per draft. Fractions are multiplied by {@link
 * StepLayout#FIXED_POINT}.
 */
public final class DraftLayout {
  /** Position of the first id to feed. */
  public static final int START = 0;

  /** Ids to feed, at least one. */
  public static final int ROWS = 1;

  /** Drafts at most, at least one. */
  public static final int DRAFTS = 2;

  /** Nonzero for the largest logit. */
  public static final int GREEDY = 3;

  public static final int TEMPERATURE = 4;

  /** 1 if off. */
  public static final int TOP_P = 5;

  /** 0 if off. */
  public static final int TOP_K = 6;

  /**
   * -ln p, at most 120: no draft is added behind drafts that are all right with less than
   * probability p.
   */
  public static final int STOP_BELOW = 7;

  /** Numbers in the header. */
  public static final int HEADER = 8;

  private DraftLayout() {}
}
