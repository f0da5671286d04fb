package dev.paceline.models.hub;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;

/**
 * Closes a stream from which nothing has come for a while, so that a dead connection cannot hang a
 * download.
 */
final class StallGuard implements AutoCloseable {
  private final Closeable stream;
  private final long limitNanos;
  private final Thread thread;
  private volatile long lastNanos = System.nanoTime();
  private volatile boolean done;

  StallGuard(Closeable stream, Duration limit) {
    this.stream = stream;
    this.limitNanos = limit.toNanos();
    this.thread = new Thread(this::watch, "download-stall-guard");
    this.thread.setDaemon(true);
    this.thread.start();
  }

  /** Something has come. */
  void progress() {
    lastNanos = System.nanoTime();
  }

  @Override
  public void close() {
    done = true;
    thread.interrupt();
  }

  private void watch() {
    while (!done) {
      long left = limitNanos - (System.nanoTime() - lastNanos);
      if (left <= 0) {
        try {
          stream.close();
        } catch (IOException e) {
          // The reader finds out by itself.
        }
        return;
      }
      try {
        Thread.sleep(Math.max(1, left / 1_000_000));
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
