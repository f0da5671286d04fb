package dev.paceline.draft.power;

import dev.paceline.common.energy.PowerState;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A reading that is asked often and answers at once: it is as old as the last question that found
 * it more than {@value #FRESH_NANOS} ns old, which has another one made meanwhile. Safe for use by
 * several threads.
 */
public final class CachedPower implements Supplier<PowerState> {
  private static final long FRESH_NANOS = 5_000_000_000L;

  private final Supplier<PowerState> source;
  private final LongSupplier clock;
  private final Executor reader;
  private final AtomicBoolean reading = new AtomicBoolean();
  private volatile PowerState state;
  private volatile long readAt;

  /**
   * Reads once, on the calling thread.
   *
   * @param clock nanoseconds
   * @param reader makes later readings, which may take a while
   */
  public CachedPower(Supplier<PowerState> source, LongSupplier clock, Executor reader) {
    this.source = source;
    this.clock = clock;
    this.reader = reader;
    state = source.get();
    readAt = clock.getAsLong();
  }

  @Override
  public PowerState get() {
    if (clock.getAsLong() - readAt > FRESH_NANOS && reading.compareAndSet(false, true)) {
      reader.execute(this::read);
    }
    return state;
  }

  private void read() {
    try {
      state = source.get();
    } finally {
      readAt = clock.getAsLong();
      reading.set(false);
    }
  }
}
