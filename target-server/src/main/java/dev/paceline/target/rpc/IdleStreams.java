package dev.paceline.target.rpc;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends streams that say nothing while the server waits for them. Keep-alive does not find them: the
 * connection lives, only the program behind it does not go on. Thread-safe.
 */
public final class IdleStreams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IdleStreams.class);
  private static final long LOOK_MILLIS = 500;

  private final Duration longest;
  private final Set<SessionStream> streams = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "paceline-idle");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param longest silence while the server waits
   */
  public IdleStreams(Duration longest) {
    this.longest = longest;
    var unused =
        executor.scheduleWithFixedDelay(
            this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(SessionStream stream) {
    streams.add(stream);
  }

  void remove(SessionStream stream) {
    streams.remove(stream);
  }

  private void look() {
    for (SessionStream stream : streams) {
      try {
        stream.expire(longest);
      } catch (RuntimeException e) {
        // A thrown exception would end the schedule.
        LOG.warn("a silent stream was not ended", e);
      }
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
