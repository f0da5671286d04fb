package dev.paceline.scheduler.mec;

/**
 * What a token of the pair GPT-2 (draft) and GPT2-XL (target) costs.
 *
 * <p>The paper's 137 M and 1.6 B parameters count the causal-mask buffers of the checkpoint files;
 * arithmetic is 2 · N per token with the trained parameters only.
 */
public final class ModelPair {
  /** Draft work per token in GFLOP, 2 · 124,439,808. */
  public static final double DRAFT_GFLOP_PER_TOKEN = 2 * 0.124439808;

  /** Target work per token in GFLOP, 2 · 1,557,611,200. */
  public static final double TARGET_GFLOP_PER_TOKEN = 2 * 1.5576112;

  /** FP16 weights of the target in bytes. */
  public static final double TARGET_WEIGHT_BYTES = 2 * 1_557_611_200.0;

  /** Key-value cache of the target per token in bytes: 2 tensors, 48 layers, width 1600, FP16. */
  public static final double TARGET_KV_BYTES_PER_TOKEN = 2 * 48 * 1600 * 2;

  /** Longest context of both models. */
  public static final int CONTEXT_TOKENS = 1024;

  /** Tokens in the vocabulary of both models. */
  public static final int VOCABULARY = 50_257;

  private ModelPair() {}
}
