package dev.paceline.benchmarks.survival;

import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What happens to a text on its way. */
enum Fault {
  /** The server is lost without a goodbye, with all it had cached, and another one is started. */
  RESTART("server restarted") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) {
      long start = System.nanoTime();
      site.link().targetNobody();
      site.link().cut();
      site.host().kill();
      site.host().restart();
      site.link().target(site.host().port());
      return new Struck(1, System.nanoTime() - start);
    }
  },

  /** The same, for a process of its own, by SIGKILL. */
  KILL("process, kill -9") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) {
      long start = System.nanoTime();
      site.host().kill();
      site.host().restart();
      site.link().target(site.host().port());
      return new Struck(1, System.nanoTime() - start);
    }
  },

  /** The connection breaks and new ones are refused for a while. */
  CUT("link broken, 0.1 to 10 s") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) throws InterruptedException {
      long nanos = nanos(random, most);
      site.link().targetNobody();
      site.link().cut();
      TimeUnit.NANOSECONDS.sleep(nanos);
      site.link().target(site.host().port());
      return new Struck(1, nanos);
    }
  },

  /** Nothing comes through for a while, in either direction; then all of it does. */
  PAUSE("link dead, 0.1 to 10 s") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) throws InterruptedException {
      long nanos = nanos(random, most);
      site.link().pause();
      TimeUnit.NANOSECONDS.sleep(nanos);
      site.link().resume();
      return new Struck(1, nanos);
    }
  },

  /** The connection stays open and is dead; nobody says so. */
  SILENCE("connection half open") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) {
      site.link().silence();
      return new Struck(1, 0);
    }
  },

  /** The text moves to the other server every second. */
  MOVE("moved every second") {
    @Override
    Struck strike(Site site, TextRun run, Random random, double most) throws InterruptedException {
      int moves = 0;
      do {
        site.preferNext();
        run.migrate();
        moves++;
      } while (!run.awaitEnd(1));
      return new Struck(moves, 0);
    }
  };

  /**
   * What was done.
   *
   * @param awayNanos for which there was no server or no link
   */
  record Struck(int events, long awayNanos) {}

  private static final double LEAST_SECONDS = 0.1;

  private final String label;

  Fault(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /**
   * Does it and returns when it is over.
   *
   * @param most seconds that a link is away
   */
  abstract Struck strike(Site site, TextRun run, Random random, double most)
      throws InterruptedException;

  /** Log-uniform, so that short cuts are as frequent as long ones. */
  private static long nanos(Random random, double most) {
    double seconds = LEAST_SECONDS * Math.pow(most / LEAST_SECONDS, random.nextDouble());
    return (long) (seconds * 1e9);
  }
}
