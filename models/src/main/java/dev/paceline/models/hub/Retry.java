package dev.paceline.models.hub;

import dev.paceline.common.UserError;
import java.io.IOException;
import java.time.Duration;

/**
 * Tries again after passing failures, waiting twice as long each time; one that brought something
 * does not count.
 */
final class Retry {
  private Retry() {}

  /** Something that may fail for a while. */
  interface Attempt<T> {
    T run() throws IOException;
  }

  /**
   * @param backoff wait before the second attempt; a longer wish of the server counts
   * @param attempts at most
   * @throws UserError if the last attempt fails too
   * @throws IOException what is not a {@link TransientException}
   */
  static <T> T call(Duration backoff, int attempts, Attempt<T> attempt) throws IOException {
    Duration wait = backoff;
    for (int n = 1; ; n++) {
      try {
        return attempt.run();
      } catch (TransientException e) {
        if (e.progressed()) {
          n = 0;
          wait = backoff;
        } else if (n == attempts) {
          throw new UserError(e.getMessage() + " (tried " + attempts + " times)", e);
        }
        sleep(wait.compareTo(e.retryAfter()) > 0 ? wait : e.retryAfter());
        wait = wait.multipliedBy(2);
      }
    }
  }

  private static void sleep(Duration wait) {
    try {
      Thread.sleep(wait.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserError("the download was interrupted", e);
    }
  }
}
