package dev.paceline.scheduler.masac;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.GradientCollector;

/**
 * The tensor engine, set up for small networks: on one thread, because more cost more than they
 * save, and without the engine's usage reports. Settings that somebody made before are kept, and
 * none has an effect if the engine already runs.
 */
final class TensorEngine {
  private static final String NAME = "PyTorch";

  static {
    set("ai.djl.pytorch.num_threads", "1");
    set("ai.djl.pytorch.num_interop_threads", "1");
    set("OPT_OUT_TRACKING", "true");
  }

  private TensorEngine() {}

  /** A manager of arrays on the processor. */
  static NDManager manager() {
    return NDManager.newBaseManager(Device.cpu(), NAME);
  }

  /**
   * An array of these numbers in memory that the engine allotted. Buffers from Java begin at any
   * multiple of 16 bytes, and matrix products may add in an order that depends on where an array
   * begins; a run must depend on its seed alone.
   */
  static NDArray array(NDManager manager, float[] values, Shape shape) {
    try (NDArray raw = manager.create(values, shape)) {
      return raw.duplicate();
    }
  }

  /**
   * A number for recorded operations. {@code NDArray.mul(Number)} and the like put theirs into a
   * buffer of Java's and let go of it at once, while the engine keeps reading it on the way back: a
   * garbage collection in between would make gradients of whatever is there by then.
   */
  static NDArray number(NDManager manager, float value) {
    return array(manager, new float[] {value}, new Shape());
  }

  /** Records operations until it is closed; one at a time. */
  static GradientCollector collector() {
    return Engine.getEngine(NAME).newGradientCollector();
  }

  private static void set(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
