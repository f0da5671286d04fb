package dev.paceline.common.speculation;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.verification.VerificationMode;

/**
 * The client's first frame: everything the output depends on, so that any server that has the model
 * continues the same text. Immutable; the arrays are not copied and must not be changed.
 */
public final class OpenFrame {
  private final String modelId;
  private final byte[] tokenizerFingerprint;
  private final int[] prompt;
  private final int[] resume;
  private final SamplingParams sampling;
  private final int maxTokens;
  private final int[] stopIds;
  private final DecodeMode mode;
  private final VerificationMode verification;
  private final String sessionId;

  /**
   * @param modelId empty: whatever the server serves
   * @param tokenizerFingerprint SHA-256 of the canonical vocabulary
   * @param prompt at least one id
   * @param resume output ids of this generation that an earlier stream delivered
   * @param maxTokens output tokens in all, resumed ones included; at least 1
   * @param stopIds ids that end the generation
   * @param sessionId chosen by the client, for logs
   */
  public OpenFrame(
      String modelId,
      byte[] tokenizerFingerprint,
      int[] prompt,
      int[] resume,
      SamplingParams sampling,
      int maxTokens,
      int[] stopIds,
      DecodeMode mode,
      VerificationMode verification,
      String sessionId) {
    this.modelId = modelId;
    this.tokenizerFingerprint = tokenizerFingerprint;
    this.prompt = prompt;
    this.resume = resume;
    this.sampling = sampling;
    this.maxTokens = maxTokens;
    this.stopIds = stopIds;
    this.mode = mode;
    this.verification = verification;
    this.sessionId = sessionId;
  }

  /** The same request with other resumed output. */
  public OpenFrame resumedWith(int[] output) {
    return new OpenFrame(
        modelId,
        tokenizerFingerprint,
        prompt,
        output,
        sampling,
        maxTokens,
        stopIds,
        mode,
        verification,
        sessionId);
  }

  public String modelId() {
    return modelId;
  }

  public byte[] tokenizerFingerprint() {
    return tokenizerFingerprint;
  }

  public int[] prompt() {
    return prompt;
  }

  public int[] resume() {
    return resume;
  }

  public SamplingParams sampling() {
    return sampling;
  }

  public int maxTokens() {
    return maxTokens;
  }

  public int[] stopIds() {
    return stopIds;
  }

  /** Whether an id ends the generation. */
  public boolean stopsAt(int id) {
    for (int stop : stopIds) {
      if (stop == id) {
        return true;
      }
    }
    return false;
  }

  public DecodeMode mode() {
    return mode;
  }

  public VerificationMode verification() {
    return verification;
  }

  public String sessionId() {
    return sessionId;
  }
}
