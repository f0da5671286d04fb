package dev.paceline.models.train;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells glibc to keep freed memory. By default it gives blocks of more than 32 MiB, and the top of
 * its heap, back to the kernel at once, and every step faults the same pages in again.
 */
final class NativeMemory {
  private static final Logger log = LoggerFactory.getLogger(NativeMemory.class);
  private static final int TRIM_THRESHOLD = -1;
  private static final int MMAP_THRESHOLD = -3;
  private static final int ONE_GIB = 1 << 30;

  private interface Libc extends Library {
    @SuppressWarnings("MethodName")
    int mallopt(int parameter, int value);
  }

  private NativeMemory() {}

  static void keep() {
    if (!Platform.isLinux()) {
      return;
    }
    try {
      Libc libc = Native.load("c", Libc.class);
      if (libc.mallopt(TRIM_THRESHOLD, Integer.MAX_VALUE) == 0
          || libc.mallopt(MMAP_THRESHOLD, ONE_GIB) == 0) {
        log.debug("mallopt was refused");
      }
    } catch (UnsatisfiedLinkError e) {
      log.debug("no mallopt here", e);
    }
  }
}
