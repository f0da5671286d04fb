package dev.paceline.models.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.pytorch.jni.JniUtils;
import dev.paceline.common.UserError;
import dev.paceline.models.compile.CpuFlags;
import dev.paceline.models.torchscript.ElementType;

/** Devices and types by the names that people give them. */
final class Devices {
  private Devices() {}

  /**
   * A device by name.
   *
   * @param name cpu, cuda or cuda:N
   * @param threads of the CPU, or 0 for the engine's choice
   */
  static Device of(String name, int threads) {
    if (!name.matches("cpu|cuda(:\\d{1,3})?")) {
      throw new UserError("--device '" + name + "' is not cpu, cuda or cuda:N");
    }
    if (threads < 0 || threads > 1024) {
      throw new UserError("--threads " + threads + " is not between 0 and 1024");
    }
    OpenMp.sleepWhenWaiting();
    int gpus = Engine.getEngine("PyTorch").getGpuCount();
    if (threads > 0) {
      JniUtils.setNumThreads(threads);
    }
    if (name.equals("cpu")) {
      return Device.cpu();
    }
    int index = name.contains(":") ? Integer.parseInt(name.substring(name.indexOf(':') + 1)) : 0;
    if (index >= gpus) {
      throw new UserError(
          "device '" + name + "' is not there: PyTorch sees " + gpus + " CUDA devices");
    }
    return Device.gpu(index);
  }

  /**
   * The type of the linear layers.
   *
   * @param precision fp32, bf16 or auto: bf16 where the device multiplies in it
   */
  static ElementType compute(String precision, Device device) {
    return switch (precision) {
      case "auto" -> compute(device.isGpu() || CpuFlags.bfloat16() ? "bf16" : "fp32");
      case "fp32", "bf16" -> compute(precision);
      default -> throw new UserError("--precision '" + precision + "' is not auto, fp32 or bf16");
    };
  }

  /** The type of the linear layers by its name, fp32 or bf16. */
  static ElementType compute(String precision) {
    return switch (precision) {
      case "fp32" -> ElementType.FLOAT;
      case "bf16" -> ElementType.BFLOAT16;
      default -> throw new UserError("--precision '" + precision + "' is not fp32 or bf16");
    };
  }
}
