package dev.paceline.scheduler.masac;

import java.util.random.RandomGenerator;

/**
 * A network over a set of rows and one common vector, in plain Java, for decisions without a tensor
 * engine; {@link SetNetwork} is the same network for training.
 *
 * <p>Rows are encoded by two layers; the encodings' mean and maximum form, with the common vector,
 * the context. With row outputs the result is one vector per row, W4 relu(W3 h + W5 context + b3) +
 * b4, equivariant under permutation of the rows; otherwise one vector, W4 relu(W5 context + b3) +
 * b4, invariant.
 *
 * @param weights W1 [rows' inputs, hidden], b1, W2 [hidden, hidden], b2, W3 [hidden, hidden], W5 [2
 *     hidden + common, hidden], b3, W4 [hidden, outputs], b4; row by row
 */
record SetModel(Shape shape, float[][] weights) {
  /**
   * Sizes.
   *
   * @param inputs numbers in a row
   * @param common numbers in the common vector
   * @param hidden width
   * @param outputs numbers in a result
   * @param perRow whether there is a result for each row
   */
  record Shape(int inputs, int common, int hidden, int outputs, boolean perRow) {
    /** Rows and columns of each weight, in order. */
    int[][] sizes() {
      int h = hidden;
      return new int[][] {
        {inputs, h},
        {1, h},
        {h, h},
        {1, h},
        {h, h},
        {2 * h + common, h},
        {1, h},
        {h, outputs},
        {1, outputs}
      };
    }
  }

  /** Rejects weights of other sizes. */
  SetModel {
    int[][] sizes = shape.sizes();
    for (int k = 0; k < sizes.length; k++) {
      if (weights[k].length != sizes[k][0] * sizes[k][1]) {
        throw new IllegalArgumentException(
            "weight " + k + " has " + weights[k].length + " numbers");
      }
    }
  }

  /** He-initialised weights; the last layer is zero, so that a fresh network returns zeros. */
  static SetModel fresh(Shape shape, RandomGenerator random) {
    int[][] sizes = shape.sizes();
    float[][] weights = new float[sizes.length][];
    for (int k = 0; k < sizes.length; k++) {
      weights[k] = new float[sizes[k][0] * sizes[k][1]];
      if (sizes[k][0] > 1 && k != 7) {
        double scale = Math.sqrt(2.0 / sizes[k][0]);
        for (int p = 0; p < weights[k].length; p++) {
          weights[k][p] = (float) (scale * random.nextGaussian());
        }
      }
    }
    return new SetModel(shape, weights);
  }

  /** One result per row, or a single one, for rows {@code [n][inputs]}. */
  float[][] run(float[][] rows, float[] common) {
    int h = shape.hidden();
    float[][] encoded = new float[rows.length][];
    float[] context = new float[2 * h + common.length];
    for (int r = 0; r < rows.length; r++) {
      float[] first = affine(rows[r], 0, weights[1]);
      relu(first);
      encoded[r] = affine(first, 2, weights[3]);
      relu(encoded[r]);
      for (int k = 0; k < h; k++) {
        context[k] += encoded[r][k] / rows.length;
        context[h + k] = Math.max(context[h + k], encoded[r][k]);
      }
    }
    System.arraycopy(common, 0, context, 2 * h, common.length);
    float[] shared = affine(context, 5, weights[6]);
    if (!shape.perRow()) {
      relu(shared);
      return new float[][] {affine(shared, 7, weights[8])};
    }
    float[][] results = new float[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      float[] mixed = affine(encoded[r], 4, shared);
      relu(mixed);
      results[r] = affine(mixed, 7, weights[8]);
    }
    return results;
  }

  private float[] affine(float[] in, int weight, float[] bias) {
    float[] out = bias.clone();
    float[] w = weights[weight];
    int width = out.length;
    for (int p = 0; p < in.length; p++) {
      float x = in[p];
      if (x != 0) {
        int at = p * width;
        for (int k = 0; k < width; k++) {
          out[k] += x * w[at + k];
        }
      }
    }
    return out;
  }

  private static void relu(float[] values) {
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.max(0, values[k]);
    }
  }
}
