package dev.paceline.models.compile;

import dev.paceline.common.UserError;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.torchscript.ElementType;

/**
 * What a program is compiled from.
 *
 * @param tied whether the head's weight is the embedding
 */
public record ProgramSpec(Gpt2Config config, Precision precision, Backend backend, boolean tied) {
  /** Vector length of PyTorch's 8-bit kernel: with another multiple it reads beyond its rows. */
  private static final int INT8_COLUMNS = 16;

  private static final int FEWEST_ROWS = 4;

  /** Elements that an unrolled vector loop takes; what is left over uses other functions. */
  private static final int VECTOR = 32;

  /**
   * @throws UserError if the precision does not run there
   */
  public ProgramSpec {
    if (precision == Precision.FP16 && backend != Backend.CUDA) {
      throw new UserError("precision fp16 needs a CUDA device; on a CPU use fp32, bf16 or int8");
    }
    if (precision.quantized() && backend == Backend.CUDA) {
      throw new UserError(
          "precision " + precision + " runs on a CPU only; on CUDA use bf16 or fp16");
    }
    if (precision == Precision.INT8 && backend != Backend.ONEDNN) {
      throw new UserError("precision int8 needs an x86 CPU; use fp32, bf16 or int8-dynamic");
    }
    if (precision == Precision.INT8 && config.width() % INT8_COLUMNS != 0) {
      throw new UserError(
          "precision int8 needs a width that is a multiple of 16, but n_embd is " + config.width());
    }
  }

  /** Type in which linear layers take their input. */
  ElementType activations() {
    return switch (precision) {
      case FP32, INT8_DYNAMIC -> ElementType.FLOAT;
      case BF16, INT8 -> ElementType.BFLOAT16;
      case FP16 -> ElementType.HALF;
    };
  }

  /**
   * Type of keys and values. On a CPU float32 whatever the precision: attention there is faster in
   * float32 than in bfloat16 (0.31 against 0.41 ms per layer of GPT-2 at 896 positions).
   */
  public ElementType cache() {
    return backend == Backend.CUDA ? activations() : ElementType.FLOAT;
  }

  /** Whether attention runs in aligned blocks; see {@link AttentionProgram}. */
  public boolean exact() {
    return precision.rowIndependent();
  }

  /** Rows that a linear layer takes at a time; 0 for any number. */
  int rowBlock() {
    return precision.quantized() ? 0 : backend.rowBlock();
  }

  /**
   * Rows to which a number of rows (at least one) is padded. oneDNN's float32 kernel is slower for
   * 1 to 3 rows than for 4, with the same result: a step of GPT-2 124M takes 41.9 ms of one core
   * for 1 row and 34.7 ms for 4.
   */
  public int paddedRows(int rows) {
    if (rowBlock() > 0) {
      return StepLayout.roundUp(rows, rowBlock());
    }
    return padsRows() ? Math.max(rows, FEWEST_ROWS) : rows;
  }

  /** Whether {@link #paddedRows} ever adds rows. */
  boolean padsRows() {
    return rowBlock() > 0 || precision == Precision.FP32 && backend == Backend.ONEDNN;
  }

  /** Whether oneDNN's linear layer applies the activation as well. */
  boolean fusesActivation() {
    return !precision.quantized() && backend == Backend.ONEDNN;
  }

  /**
   * Inner width with zero channels added. Where the activation is a separate operation on a CPU,
   * whole vectors make its result independent of an element's place.
   */
  int innerWidth() {
    boolean pad = exact() && !fusesActivation() && backend != Backend.CUDA;
    return pad ? StepLayout.roundUp(config.innerWidth(), VECTOR) : config.innerWidth();
  }

  /** Bytes of weights that a step reads, the embedding's single rows aside. */
  public long weightBytesPerStep() {
    long d = config.width();
    long perLayer = 4 * d * d + 2 * d * innerWidth();
    long layers = config.layers() * perLayer * (precision.quantized() ? 1 : activations().bytes());
    return layers + config.vocabSize() * d * headBytes();
  }

  private int headBytes() {
    return switch (precision) {
      case INT8_DYNAMIC -> 1;
      case INT8 -> 2;
      default -> backend == Backend.ONEDNN ? activations().bytes() : 4;
    };
  }
}
