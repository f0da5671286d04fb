package dev.paceline.models.train;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the threads of PyTorch's OpenMP sleep as soon as they wait for each other. By default they
 * spin for about a millisecond; on a machine that does other work a spinning thread keeps the core
 * from the one that it waits for, and training is many times slower. A person's own setting of
 * {@code OMP_WAIT_POLICY} or {@code GOMP_SPINCOUNT} is kept.
 */
final class OpenMp {
  private static final Logger log = LoggerFactory.getLogger(OpenMp.class);

  private interface Libc extends Library {
    int setenv(String name, String value, int overwrite);
  }

  private OpenMp() {}

  /** Has an effect only before PyTorch is loaded, because OpenMP reads its settings then. */
  static void sleepWhenWaiting() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      Libc libc = Native.load("c", Libc.class);
      if (libc.setenv("OMP_WAIT_POLICY", "PASSIVE", 0) != 0) {
        log.debug("setenv was refused");
      }
    } catch (UnsatisfiedLinkError e) {
      log.debug("no setenv here", e);
    }
  }
}
