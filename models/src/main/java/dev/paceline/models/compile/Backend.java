package dev.paceline.models.compile;

import java.util.Locale;

/** The kernels a program is compiled for. */
public enum Backend {
  /**
   * oneDNN with weights packed at load, on x86 CPUs. A row's result is bitwise the same for any
   * number of rows; in bfloat16 only where the CPU has instructions for it.
   */
  ONEDNN,
  /** {@code torch.linear} over blocks of a fixed number of rows, on any other CPU. */
  CPU,
  /** As CPU, with larger blocks. */
  CUDA;

  /**
   * Rows that one call of a linear layer takes; 0 for any number. Steps are padded to a multiple,
   * so that a row's arithmetic does not depend on its company where the kernel's choice depends on
   * the shape.
   */
  public int rowBlock() {
    return switch (this) {
      case ONEDNN -> 0;
      case CPU -> 8;
      case CUDA -> 64;
    };
  }

  /** The backend for a device of this machine. */
  public static Backend of(boolean gpu) {
    if (gpu) {
      return CUDA;
    }
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    boolean x86 = arch.equals("amd64") || arch.equals("x86_64");
    return x86 && !os.startsWith("mac") ? ONEDNN : CPU;
  }

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
