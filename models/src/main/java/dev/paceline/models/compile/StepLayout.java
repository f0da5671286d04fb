package dev.paceline.models.compile;

/**
 * The one tensor (int64, on the CPU) that a step passes in. Header, then these sections back to
 * back, with R rows (padded to the backend's row block), N real rows, B attention blocks in G
 * groups and P picked rows (padded likewise). A group is one call of attention; in the plain form
 * it is one segment, and B = G.
 *
 * <pre>
 *   ids       R    token ids; padding rows have 0
 *   positions R
 *   targets   N    slot * 2 * heads * capacity + position: where row's first key goes
 *   gather    4B   row of each attention-block row (any row where the block has none); 0 if not exact
 *   scatter   R    block row of each row; 0 if not exact
 *   starts    B    position of the block's (plain: the segment's) row 0
 *   groups    5G   offset of the first slot's keys in elements, key count, first block (plain: row),
 *                  blocks (plain: rows), elements from one block's keys to the next one's
 *   picks     P    rows whose next token is chosen
 *   wanted    W    which of the picked rows' logits are wanted, 0 for the first picked row
 *   keys      P    race keys
 *   values    2P   fixed point: temperatures (1 if greedy), then top-p
 *   topK      P    0 if off
 *   greedy    P    1 if greedy
 * </pre>
 */
public final class StepLayout {
  /** Rows of an attention block. */
  public static final int BLOCK = 4;

  /** Attention covers keys in multiples of this. */
  public static final int KEYS = 64;

  /** Numbers per group in the table. */
  public static final int GROUP_FIELDS = 5;

  /** Numbers in the header. */
  public static final int HEADER = 8;

  public static final int ROWS = 0;
  public static final int REAL_ROWS = 1;
  public static final int BLOCKS = 2;
  public static final int PICK_ROWS = 3;
  public static final int PICKS = 4;

  public static final int GROUPS = 6;

  /** W, rows whose logits are wanted. */
  public static final int WANTED = 7;

  /** Bit 0: some pick samples; bit 1: some pick filters. */
  public static final int FLAGS = 5;

  public static final int SAMPLES = 1;
  public static final int FILTERS = 2;

  /** What fractions are multiplied by; exact for every float32 from 2^-33 to 100. */
  public static final double FIXED_POINT = 0x1p56;

  private StepLayout() {}

  /** Rounds up. */
  public static int roundUp(int value, int multiple) {
    return multiple <= 1 ? value : (value + multiple - 1) / multiple * multiple;
  }
}
