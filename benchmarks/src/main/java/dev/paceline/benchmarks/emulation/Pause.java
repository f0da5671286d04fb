package dev.paceline.benchmarks.emulation;

import java.util.concurrent.locks.LockSupport;

/** Waits until a time of {@link System#nanoTime}, to about a tenth of a millisecond. */
final class Pause {
  private Pause() {}

  /** Returns early if the thread is interrupted, whose flag stays set. */
  static void until(long nanos) {
    for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      LockSupport.parkNanos(left);
    }
  }
}
