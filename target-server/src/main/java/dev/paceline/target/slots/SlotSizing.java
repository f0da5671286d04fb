package dev.paceline.target.slots;

import dev.paceline.common.UserError;
import java.util.Locale;
import java.util.OptionalInt;

/**
 * How many KV slots a device holds.
 *
 * @param slots number of slots
 * @param positionsPerSlot capacity of each
 * @param bytes of all slots together
 * @param report one sentence for the log
 */
public record SlotSizing(int slots, int positionsPerSlot, long bytes, String report) {

  /**
   * What a model needs per position.
   *
   * @param layers transformer blocks
   * @param width of keys (and of values) in one block: heads × head size
   * @param bytesPerElement 2 for fp16, 4 for fp32
   * @param contextLength positions that the model can address
   */
  public record KvShape(int layers, int width, int bytesPerElement, int contextLength) {
    public KvShape {
      if (layers < 1 || width < 1 || bytesPerElement < 1 || contextLength < 1) {
        throw new IllegalArgumentException(
            String.format(
                "%d layers, width %d, %d bytes, context %d: each must be positive",
                layers, width, bytesPerElement, contextLength));
      }
    }

    /** Bytes of keys and values of one position in all layers. */
    public long bytesPerPosition() {
      return 2L * layers * width * bytesPerElement;
    }
  }

  /**
   * What an operator may set.
   *
   * @param fraction share of the free memory that slots may take when their number is not given;
   *     over 0, at most 1. The rest is for activations
   * @param slots {@code --slots}, if given
   * @param contextSize {@code --ctx-size}, if given; otherwise the model's context length
   * @param maxSlots most slots to make when their number is not given: more sessions than one step
   *     can serve help nobody
   */
  public record Request(double fraction, OptionalInt slots, OptionalInt contextSize, int maxSlots) {
    public Request {
      if (!(fraction > 0 && fraction <= 1)) {
        throw new UserError("KV memory fraction " + fraction + " is not over 0 and at most 1");
      }
      if (slots.orElse(1) < 1) {
        throw new UserError("--slots " + slots.getAsInt() + " is not at least 1");
      }
      if (contextSize.orElse(1) < 1) {
        throw new UserError("--ctx-size " + contextSize.getAsInt() + " is not at least 1");
      }
      if (maxSlots < 1) {
        throw new UserError("largest number of slots " + maxSlots + " is not at least 1");
      }
    }
  }

  /**
   * Sizes the slots.
   *
   * @param freeBytes device memory free after the weights were loaded
   * @throws UserError if the request does not fit the model or the memory
   */
  public static SlotSizing of(KvShape shape, long freeBytes, Request request) {
    int positions = request.contextSize().orElse(shape.contextLength());
    if (positions > shape.contextLength()) {
      throw new UserError(
          String.format(
              "--ctx-size %d exceeds the model's context length of %d",
              positions, shape.contextLength()));
    }
    long slotBytes = shape.bytesPerPosition() * positions;
    if (request.slots().isPresent()) {
      int slots = request.slots().getAsInt();
      if (slotBytes > Math.max(0, freeBytes) / slots) {
        throw new UserError(
            String.format(
                "--slots %d with --ctx-size %d needs %s of device memory, but %s is free",
                slots, positions, size((double) slotBytes * slots), size(freeBytes)));
      }
      return sized(slots, positions, slotBytes, freeBytes, "as asked");
    }
    long budget = (long) (Math.max(0, freeBytes) * request.fraction());
    long fitting = budget / slotBytes;
    if (fitting < 1) {
      throw new UserError(
          String.format(
              "one KV slot of %d positions needs %s, but %s of device memory is free, of which"
                  + " slots may take %.0f %%; lower --ctx-size",
              positions, size(slotBytes), size(freeBytes), 100 * request.fraction()));
    }
    int slots = (int) Math.min(fitting, request.maxSlots());
    String reason =
        fitting > request.maxSlots()
            ? "the most that is useful"
            : String.format(Locale.ROOT, "%.0f %% may be used", 100 * request.fraction());
    return sized(slots, positions, slotBytes, freeBytes, reason);
  }

  private static SlotSizing sized(
      int slots, int positions, long slotBytes, long freeBytes, String reason) {
    String report =
        String.format(
            "%d KV slots of %d positions take %s of %s free device memory (%s).",
            slots, positions, size((double) slotBytes * slots), size(freeBytes), reason);
    return new SlotSizing(slots, positions, slotBytes * slots, report);
  }

  private static String size(double bytes) {
    if (bytes >= 1 << 30) {
      return String.format(Locale.ROOT, "%.1f GiB", bytes / (1 << 30));
    }
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20));
  }
}
