package dev.paceline.common.speculation.target;

import dev.paceline.common.verification.DraftDistribution;
import java.util.Arrays;

/**
 * The rows of one step of one session. Row i has the token at position {@code start + i} as input;
 * the last {@link #picks} rows each pick the token that follows theirs. The cache holds positions
 * below {@code start}; whatever it holds from there on is overwritten. Immutable; the arrays must
 * not be changed.
 */
public final class Work {
  private final WorkKind kind;
  private final int start;
  private final int[] tokens;
  private final int picks;
  private final boolean serverDrafted;
  private final DraftDistribution[] distributions;

  Work(WorkKind kind, int start, int[] tokens, int picks, boolean serverDrafted) {
    this(kind, start, tokens, picks, serverDrafted, new DraftDistribution[0]);
  }

  /**
   * @param distributions what the judged drafts were sampled from; none in {@code COUPLED}
   */
  Work(
      WorkKind kind,
      int start,
      int[] tokens,
      int picks,
      boolean serverDrafted,
      DraftDistribution[] distributions) {
    this.distributions = distributions;
    this.kind = kind;
    this.start = start;
    this.tokens = tokens;
    this.picks = picks;
    this.serverDrafted = serverDrafted;
  }

  public WorkKind kind() {
    return kind;
  }

  /** Position of the first row's token. */
  public int start() {
    return start;
  }

  /** Input ids, one per row. */
  public int[] tokens() {
    return tokens;
  }

  /** How many of the last rows pick; 0 in a prefill chunk that is not the last. */
  public int picks() {
    return picks;
  }

  /** Position of the first pick; each further pick is one position on. */
  public int firstPick() {
    return start + tokens.length - picks + 1;
  }

  /** Whether the judged drafts are the server's own. */
  public boolean serverDrafted() {
    return serverDrafted;
  }

  /** The judged draft run: the inputs of all picking rows but the first. */
  public int[] drafts() {
    return picks == 0
        ? new int[0]
        : Arrays.copyOfRange(tokens, tokens.length - picks + 1, tokens.length);
  }

  /** What the judged drafts were sampled from; none in {@code COUPLED}. */
  DraftDistribution[] distributions() {
    return distributions;
  }

  @Override
  public String toString() {
    return kind + " from " + start + " rows " + tokens.length + " picks " + picks;
  }
}
