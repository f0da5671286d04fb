package dev.paceline.target.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Commands from any thread to the engine's, and its sleep while there is nothing to do. */
final class Mailbox {
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread owner;

  /** Names the thread that runs the commands; before any command can come. */
  void ownedBy(Thread thread) {
    owner = thread;
  }

  /** Adds a command and wakes the owner; from any thread. */
  void post(Runnable command) {
    commands.add(command);
    wake();
  }

  /** Ends the owner's sleep; from any thread. */
  void wake() {
    LockSupport.unpark(owner);
  }

  boolean isEmpty() {
    return commands.isEmpty();
  }

  /** Runs what has come; owner only. */
  void run() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
    }
  }

  /**
   * Sleeps until a command comes or the time has passed, perhaps less; owner only.
   *
   * @param nanos {@link Long#MAX_VALUE} for as long as it takes
   */
  void sleep(long nanos) {
    if (nanos == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
  }
}
