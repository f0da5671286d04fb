package dev.paceline.models.lm;

import dev.paceline.common.UserError;
import dev.paceline.models.compile.Precision;

/**
 * How to load a model.
 *
 * @param precision of the weights
 * @param device {@code auto} (CUDA if there is one, else the CPU), {@code cpu}, {@code cuda} or
 *     {@code cuda:N}
 * @param slots key-value slots, each as large as the context
 * @param contextLength positions per slot; 0 for as many as the model has
 * @param threads of the CPU for one operation, for the whole process; 0 leaves PyTorch's choice
 */
public record LoadOptions(
    Precision precision, String device, int slots, int contextLength, int threads) {

  /**
   * @throws UserError if a value is out of range
   */
  public LoadOptions {
    if (!device.matches("auto|cpu|cuda(:[0-9]{1,3})?")) {
      throw new UserError("device '" + device + "' is not auto, cpu, cuda or cuda:N");
    }
    if (slots < 1 || slots > 4096) {
      throw new UserError("slots " + slots + " is not between 1 and 4096");
    }
    if (contextLength < 0) {
      throw new UserError("context length " + contextLength + " is negative");
    }
    if (threads < 0 || threads > 1024) {
      throw new UserError("threads " + threads + " is not between 0 and 1024");
    }
  }

  /** One slot of full length on the CPU. */
  public static LoadOptions of(Precision precision) {
    return new LoadOptions(precision, "cpu", 1, 0, 0);
  }

  public LoadOptions withDevice(String value) {
    return new LoadOptions(precision, value, slots, contextLength, threads);
  }

  public LoadOptions withSlots(int value) {
    return new LoadOptions(precision, device, value, contextLength, threads);
  }

  public LoadOptions withContextLength(int value) {
    return new LoadOptions(precision, device, slots, value, threads);
  }

  public LoadOptions withThreads(int value) {
    return new LoadOptions(precision, device, slots, contextLength, value);
  }
}
