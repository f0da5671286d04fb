package dev.paceline.models.lm;

/**
 * The tokens chosen for one segment; element i belongs to the i-th of its trailing positions. The
 * arrays are the caller's to keep.
 *
 * @param tokens chosen token ids
 * @param logProbabilities natural log of each token's probability after temperature, top-k and
 *     top-p; for greedy picks, the model's own
 * @param margins by how much each winner's score beat the second best, in units of the scaled
 *     logit: a near-tie is a small number
 * @param logits [picks][vocabulary], unscaled, if the segment asked for them; otherwise empty
 */
public record Picks(int[] tokens, float[] logProbabilities, float[] margins, float[][] logits) {
  private static final float[][] NOT_ASKED = {};

  /** Without logits. */
  public Picks(int[] tokens, float[] logProbabilities, float[] margins) {
    this(tokens, logProbabilities, margins, NOT_ASKED);
  }
}
