package dev.paceline.common.simulation;

import java.util.Random;
import java.util.function.Consumer;

/** One connection: two ordered directions that can break loudly or silently. */
final class SimulatedLink {
  private final VirtualTime time;
  private final LinkProfile profile;
  private final Random random;
  private final Direction up = new Direction();
  private final Direction down = new Direction();
  private boolean open = true;
  private boolean silent;

  SimulatedLink(VirtualTime time, LinkProfile profile, Random random) {
    this.time = time;
    this.profile = profile;
    this.random = random;
  }

  /** What the server does with frames, and when the connection is gone. */
  void serverEnd(Consumer<Object> frames, Runnable lost) {
    up.frames = frames;
    up.lost = lost;
  }

  /** What the client does with frames, and when the connection is gone. */
  void clientEnd(Consumer<Object> frames, Runnable lost) {
    down.frames = frames;
    down.lost = lost;
  }

  void toServer(Object frame, int bytes) {
    up.send(frame, bytes);
  }

  void toClient(Object frame, int bytes) {
    down.send(frame, bytes);
  }

  boolean open() {
    return open;
  }

  boolean silent() {
    return silent;
  }

  int framesInFlight() {
    return up.inFlight + down.inFlight;
  }

  /** Everything under way is lost; both ends notice after a while. */
  void cut(long noticeNanos) {
    if (open) {
      open = false;
      time.after((long) (random.nextDouble() * noticeNanos), () -> up.lost.run());
      time.after((long) (random.nextDouble() * noticeNanos), () -> down.lost.run());
    }
  }

  /** Everything is lost from now on; only the server's keepalive notices by itself. */
  void blackhole(long keepaliveNanos) {
    silent = true;
    time.after(keepaliveNanos, () -> up.lost.run());
  }

  /** The client closes after what it has sent; it hears no more. */
  void closedByClient() {
    if (open) {
      down.frames = frame -> {};
      down.lost = () -> {};
      up.close();
    }
  }

  /** The server closes after what it has sent. */
  void closedByServer() {
    if (open) {
      up.frames = frame -> {};
      up.lost = () -> {};
      down.close();
    }
  }

  private final class Direction {
    Consumer<Object> frames = frame -> {};
    Runnable lost = () -> {};
    private long free;
    private long lastArrival;
    private int inFlight;

    void send(Object frame, int bytes) {
      if (!open || silent) {
        return;
      }
      deliver(frame, arrival(bytes));
      if (random.nextDouble() < profile.duplicates) {
        deliver(frame, lastArrival + (long) (random.nextDouble() * 4 * profile.delayNanos));
      }
    }

    void close() {
      if (silent) {
        return;
      }
      long arrival = arrival(8);
      time.at(
          arrival,
          () -> {
            open = false;
            lost.run();
          });
    }

    private long arrival(int bytes) {
      free = Math.max(free, time.now()) + (long) (bytes / profile.bytesPerSecond * 1e9);
      long jitter = (long) (random.nextDouble() * profile.jitterNanos);
      lastArrival = Math.max(lastArrival, free + profile.delayNanos + jitter);
      return lastArrival;
    }

    private void deliver(Object frame, long arrival) {
      inFlight++;
      time.at(
          arrival,
          () -> {
            inFlight--;
            if (open && !silent) {
              frames.accept(frame);
            }
          });
    }
  }
}
