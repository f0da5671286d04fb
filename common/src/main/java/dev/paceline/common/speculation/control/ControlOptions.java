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
  private final Supplier<PowerState> power;
  private final Consumer<Decision> trace;

  /**
   * All suppliers are asked on the session's executor and must answer at once.
   *
   * @param draftPriceNanos nanoseconds of waiting that the energy of one drafted token is worth;
   *     grows as a battery drains
   * @param bytePriceNanos the same for one byte sent
   * @param uplinkBytesPerSecond that the link carries; 0 while unknown, which leaves it to what the
   *     session measures
   * @param trace told of every change of what is chosen
   */
  public ControlOptions(
      DoubleSupplier draftPriceNanos,
      DoubleSupplier bytePriceNanos,
      DoubleSupplier uplinkBytesPerSecond,
      Consumer<Decision> trace) {
    this(draftPriceNanos, bytePriceNanos, uplinkBytesPerSecond, () -> PowerState.UNKNOWN, trace);
  }

  private ControlOptions(
      DoubleSupplier draftPriceNanos,
      DoubleSupplier bytePriceNanos,
      DoubleSupplier uplinkBytesPerSecond,
      Supplier<PowerState> power,
      Consumer<Decision> trace) {
    this.power = power;
    this.draftPriceNanos = draftPriceNanos;
    this.bytePriceNanos = bytePriceNanos;
    this.uplinkBytesPerSecond = uplinkBytesPerSecond;
    this.trace = trace;
  }

  /**
   * The same with energy at its price: nothing on mains, dearer as a battery drains; and with a
   * window that a weak battery or a hot device shortens, see {@link
   * dev.paceline.common.energy.PowerPolicy}.
   *
   * @param model of the device and the draft model
   * @param state at present; asked after every verdict, so it should not read a device
   */
  public ControlOptions withEnergy(EnergyModel model, Supplier<PowerState> state) {
    DoubleSupplier nanosPerJoule = () -> model.msPerJoule(state.get()) * 1e6;
    return new ControlOptions(
        () -> model.energyPerDraftedToken() * nanosPerJoule.getAsDouble(),
        () -> model.energyPerByte() * nanosPerJoule.getAsDouble(),
        uplinkBytesPerSecond,
        state,
        trace);
  }

  /** The same with another trace. */
  public ControlOptions withTrace(Consumer<Decision> other) {
    return new ControlOptions(draftPriceNanos, bytePriceNanos, uplinkBytesPerSecond, power, other);
  }

  /** The same with another uplink. */
  public ControlOptions withUplink(DoubleSupplier bytesPerSecond) {
    return new ControlOptions(draftPriceNanos, bytePriceNanos, bytesPerSecond, power, trace);
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

  PowerState power() {
    return power.get();
  }

  Consumer<Decision> trace() {
    return trace;
  }
}
