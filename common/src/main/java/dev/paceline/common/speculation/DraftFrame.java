package dev.paceline.common.speculation;

import java.util.Arrays;

/**
 * A run of draft tokens. Without ids, in {@code SYNC} mode, it asks the server to decode the token
 * at {@code position} by itself. Immutable; the array is not copied and must not be changed.
 */
public final class DraftFrame {
  private final int epoch;
  private final int position;
  private final int[] ids;

  /**
   * @param epoch of the chain that the tokens belong to, not negative
   * @param position of the first id, not negative
   */
  public DraftFrame(int epoch, int position, int[] ids) {
    this.epoch = epoch;
    this.position = position;
    this.ids = ids;
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

  @Override
  public String toString() {
    return "draft epoch " + epoch + " at " + position + " " + Arrays.toString(ids);
  }
}
