package dev.paceline.common.speculation;

import dev.paceline.common.verification.DraftDistribution;
import java.util.Arrays;

/**
 * A run of draft tokens. Without ids, in {@code SYNC} mode, it asks the server to decode the token
 * at {@code position} by itself. Immutable; the arrays are not copied and must not be changed.
 */
public final class DraftFrame {
  private static final DraftDistribution[] NOT_SAID = {};

  private final int epoch;
  private final int position;
  private final int[] ids;
  private final DraftDistribution[] distributions;

  /**
   * A frame of {@code COUPLED} verification.
   *
   * @param epoch of the chain that the tokens belong to, not negative
   * @param position of the first id, not negative
   */
  public DraftFrame(int epoch, int position, int[] ids) {
    this(epoch, position, ids, NOT_SAID);
  }

  /** The same with what each id was sampled from; none in {@code COUPLED} verification. */
  public DraftFrame from(DraftDistribution[] origins) {
    return new DraftFrame(epoch, position, ids, origins);
  }

  private DraftFrame(int epoch, int position, int[] ids, DraftDistribution[] distributions) {
    this.epoch = epoch;
    this.position = position;
    this.ids = ids;
    this.distributions = distributions;
  }

  public int epoch() {
    return epoch;
  }

  public int position() {
    return position;
  }

  public int[] ids() {
    return ids;
  }

  /** What each id was sampled from; empty in {@code COUPLED} verification. */
  public DraftDistribution[] distributions() {
    return distributions;
  }

  @Override
  public String toString() {
    return "draft epoch " + epoch + " at " + position + " " + Arrays.toString(ids);
  }
}
