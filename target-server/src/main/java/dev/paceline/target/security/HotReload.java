package dev.paceline.target.security;

import dev.paceline.common.UserError;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at files in fixed intervals, logs what changed, and says once what is wrong. */
public final class HotReload implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HotReload.class);

  private final ScheduledFuture<?> task;

  private HotReload(ScheduledFuture<?> task) {
    this.task = task;
  }

  /**
   * Starts to watch.
   *
   * @param period between two looks; seconds are enough
   * @param executor runs the looks, which read small files; stays the caller's
   */
  public static HotReload start(
      List<Reloadable> watched, Duration period, ScheduledExecutorService executor) {
    List<Watch> watches = watched.stream().map(Watch::new).toList();
    long millis = period.toMillis();
    return new HotReload(
        executor.scheduleWithFixedDelay(
            () -> watches.forEach(Watch::look), millis, millis, TimeUnit.MILLISECONDS));
  }

  /** Stops; a look under way is finished. */
  @Override
  public void close() {
    task.cancel(false);
  }

  private static final class Watch {
    private final Reloadable watched;
    private @Nullable String lastProblem;

    Watch(Reloadable watched) {
      this.watched = watched;
    }

    void look() {
      try {
        if (watched.reload()) {
          log.info("reloaded {}", watched.describe());
        }
        lastProblem = null;
      } catch (UserError e) {
        if (!Objects.equals(e.getMessage(), lastProblem)) {
          log.warn(
              "{} not reloaded, the earlier one stays: {}", watched.describe(), e.getMessage());
        }
        lastProblem = e.getMessage();
      } catch (RuntimeException e) {
        // A thrown exception would end the schedule.
        log.warn("{} not reloaded, the earlier one stays", watched.describe(), e);
      }
    }
  }
}
