package dev.paceline.scheduler.mec;

/** The graphics cards of the paper's section V. */
public enum ServerType {
  /** The public code of the paper's group lists 11.2 TFLOP/s, which is the 2080 Super. */
  RTX_2080(10_070, 8),
  RTX_3090(35_600, 24),
  RTX_4090(82_600, 24);

  /** Part of the memory left to the runtime, as serving engines commonly do. */
  private static final double RESERVED_MEMORY = 0.1;

  private static final double GIB = 1024.0 * 1024.0 * 1024.0;

  private final double peakGflops;
  private final double memoryGib;

  ServerType(double peakGflops, double memoryGib) {
    this.peakGflops = peakGflops;
    this.memoryGib = memoryGib;
  }

  /** Peak FP32 rate in GFLOP/s, the F^ES of the paper. */
  public double peakGflops() {
    return peakGflops;
  }

  /**
   * Sessions whose key-value cache fits beside the FP16 weights. The paper has no such limit; a
   * real card does (2 · 48 layers · 1600 · 2 bytes a token).
   */
  public int sessionCapacity() {
    double free = (1 - RESERVED_MEMORY) * memoryGib * GIB - ModelPair.TARGET_WEIGHT_BYTES;
    return (int) (free / (ModelPair.CONTEXT_TOKENS * ModelPair.TARGET_KV_BYTES_PER_TOKEN));
  }
}
