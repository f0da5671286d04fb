package dev.paceline.scheduler.mec;

/**
 * What the uplink carries for each draft token, the d of the paper. The paper eliminates logits in
 * its text, yet its 50 Mbit/s knee matches full FP32 logits.
 */
public enum PayloadMode {
  /** Token ids, enough for coupled sampling. */
  IDS(4),
  /** Token id and its draft probability, enough for Eq. 1. */
  IDS_PROB(8),
  /** Ids and half-precision probabilities of the 32 likeliest tokens. */
  TOPK(32 * 6),
  LOGITS_F16(2 * ModelPair.VOCABULARY),
  LOGITS_F32(4 * ModelPair.VOCABULARY);

  /** Framing of a batch of draft tokens in bytes. */
  private static final double FRAME_BYTES = 80;

  private final double bytesPerToken;

  PayloadMode(double bytesPerToken) {
    this.bytesPerToken = bytesPerToken;
  }

  /** Uplink bits of a task whose tokens travel in batches of {@code draftLength}. */
  public double bits(double draftedTokens, int draftLength) {
    return 8
        * (draftedTokens * bytesPerToken + Math.ceil(draftedTokens / draftLength) * FRAME_BYTES);
  }
}
