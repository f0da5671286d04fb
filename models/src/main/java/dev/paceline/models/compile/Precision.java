package dev.paceline.models.compile;

import dev.paceline.common.UserError;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How a compiled model stores and multiplies its weights. */
public enum Precision {
  /** The checkpoint's own numbers; the reference. */
  FP32,
  /** Weights and activations of linear layers in bfloat16, the rest in float32. */
  BF16,
  /** Like BF16 with IEEE half; CUDA only. */
  FP16,
  /**
   * Weights in 8 bits with one scale per output channel, activations in 16 bits with one scale per
   * row (in bfloat16 on a CPU without VNNI): a row never influences another, so it suits a target.
   * x86 CPUs only.
   */
  INT8,
  /**
   * Weights in 8 bits and activations in 7 bits with one scale for all rows of a step: the fastest
   * for one row, but rows influence each other, so it suits a draft only. CPU only.
   */
  INT8_DYNAMIC;

  /** The name that users write, e.g. {@code int8-dynamic}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a row's logits are independent of what else is in the step. */
  public boolean rowIndependent() {
    return this != INT8_DYNAMIC;
  }

  /** Whether the weights are stored in 8 bits. */
  boolean quantized() {
    return this == INT8 || this == INT8_DYNAMIC;
  }

  /**
   * Reads a user's word.
   *
   * @throws UserError if there is no such precision
   */
  public static Precision parse(String label) {
    return Arrays.stream(values())
        .filter(p -> p.label().equalsIgnoreCase(label.trim()))
        .findFirst()
        .orElseThrow(
            () ->
                new UserError(
                    "precision '"
                        + label
                        + "' is not one of "
                        + Arrays.stream(values())
                            .map(Precision::label)
                            .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return label();
  }
}
