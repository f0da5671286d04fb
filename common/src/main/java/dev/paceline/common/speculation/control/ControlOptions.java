package dev.paceline.common.speculation.control;

import dev.paceline.common.energy.EnergyModel;
import dev.paceline.common.energy.PowerState;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/** What automatic control is told from outside. Immutable. */
public final class ControlOptions {
  /** Time is all that counts, and nobody watches. */
  public static final ControlOptions DEFAULT =
      new ControlOptions(() -> 0, () -> 0, () -> 0, decision -> {});

  private final DoubleSupplier draftPriceNanos;
  private final DoubleSupplier bytePriceNanos;
  private final DoubleSupplier uplinkBytesPerSecond;
  private final Consumer<Decision> trace;

  /**
   * All suppliers are asked on the session's executor and must answer at once.
   *
   * @param draftPriceNanos nanoseconds of waiting that the energy of one drafted token is worth;
   *     grows as a battery drains
   * @param bytePriceNanos the same for one byte sent
   * @param uplinkBytesPerSecond that the link carries; 0 while unknown
   * @param trace told of every change of what is chosen
   */
  public ControlOptions(
      DoubleSupplier draftPriceNanos,
      DoubleSupplier bytePriceNanos,
      DoubleSupplier uplinkBytesPerSecond,
      Consumer<Decision> trace) {
    this.draftPriceNanos = draftPriceNanos;
    this.bytePriceNanos = bytePriceNanos;
    this.uplinkBytesPerSecond = uplinkBytesPerSecond;
    this.trace = trace;
  }

  /**
   * The same with energy at its price: nothing on mains, dearer as a battery drains.
   *
   * @param model of the device and the draft model
   * @param power the present state; asked after every verdict, so it should not read a device
   */
  public ControlOptions withEnergy(EnergyModel model, Supplier<PowerState> power) {
    DoubleSupplier nanosPerJoule = () -> model.msPerJoule(power.get()) * 1e6;
    return new ControlOptions(
        () -> model.energyPerDraftedToken() * nanosPerJoule.getAsDouble(),
        () -> model.energyPerByte() * nanosPerJoule.getAsDouble(),
        uplinkBytesPerSecond,
        trace);
  }

  /** The same with another trace. */
  public ControlOptions withTrace(Consumer<Decision> other) {
    return new ControlOptions(draftPriceNanos, bytePriceNanos, uplinkBytesPerSecond, other);
  }

  /** The same with another uplink. */
  public ControlOptions withUplink(DoubleSupplier bytesPerSecond) {
    return new ControlOptions(draftPriceNanos, bytePriceNanos, bytesPerSecond, trace);
  }

  double draftPriceNanos() {
    return draftPriceNanos.getAsDouble();
  }

  double bytePriceNanos() {
    return bytePriceNanos.getAsDouble();
  }

  double uplinkBytesPerSecond() {
    return uplinkBytesPerSecond.getAsDouble();
  }

  Consumer<Decision> trace() {
    return trace;
  }
}
