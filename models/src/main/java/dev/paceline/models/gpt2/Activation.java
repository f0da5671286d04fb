package dev.paceline.models.gpt2;

/** The non-linearity between the two layers of the MLP. */
public enum Activation {
  /** {@code 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³)))}. */
  GELU_NEW,
  /** {@code 0.5 x (1 + erf(x / √2))}. */
  GELU
}
