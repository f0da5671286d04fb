package dev.paceline.draft.openai;

import com.linecorp.armeria.common.HttpStatus;
import dev.paceline.draft.text.TextModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * As many text models as requests may run at once: each is for one request at a time, opened when
 * it is first needed and kept. One that only stands in for a server is opened anew after a while,
 * since the server may be there again. Thread-safe.
 */
public final class Lanes implements AutoCloseable {
  /** So seldom does a request wait for servers that are not there. */
  private static final long STAND_IN_NANOS = 30_000_000_000L;

  private final int most;
  private final Supplier<TextModel> opener;
  private final LongSupplier clock;
  private final Deque<Kept> idle = new ArrayDeque<>();
  private volatile Consumer<TextModel> onOpened = model -> {};
  private int busy;
  private boolean closed;

  /**
   * @param most at least 1
   * @param opener opens one; closed with this
   */
  public Lanes(int most, Supplier<TextModel> opener) {
    this(most, opener, System::nanoTime);
  }

  Lanes(int most, Supplier<TextModel> opener, LongSupplier clock) {
    this.most = most;
    this.opener = opener;
    this.clock = clock;
  }

  private record Kept(TextModel model, long openedAt) {}

  /** A text model that nobody else uses until this is closed. */
  final class Lane implements AutoCloseable {
    private final Kept kept;

    Lane(Kept kept) {
      this.kept = kept;
    }

    TextModel model() {
      return kept.model;
    }

    @Override
    public void close() {
      release(kept);
    }
  }

  /** Says who is told of every model that is opened. */
  void onOpened(Consumer<TextModel> listener) {
    onOpened = listener;
  }

  /**
   * Takes a free lane; opens one if need be.
   *
   * @throws ApiException if all are taken
   * @throws dev.paceline.common.UserError if it cannot be opened
   */
  Lane acquire() {
    Kept free;
    synchronized (this) {
      if (closed) {
        throw ApiException.unavailable(null, "the server is stopping");
      }
      if (busy == most) {
        throw new ApiException(
            HttpStatus.TOO_MANY_REQUESTS,
            "rate_limit_error",
            null,
            "rate_limit_exceeded",
            "all " + most + " lanes are taken; try again, or serve more with --concurrency");
      }
      busy++;
      // The one that was used last: its caches are warm, and rarely needed ones stay unopened.
      free = idle.pollLast();
    }
    if (free != null && !stale(free)) {
      return new Lane(free);
    }
    try {
      if (free != null) {
        free.model.close();
      }
      TextModel model = opener.get();
      onOpened.accept(model);
      return new Lane(new Kept(model, clock.getAsLong()));
    } catch (RuntimeException e) {
      synchronized (this) {
        busy--;
      }
      throw e;
    }
  }

  /** Lanes that are taken. */
  synchronized int busy() {
    return busy;
  }

  private boolean stale(Kept kept) {
    return kept.model.standsIn() && clock.getAsLong() - kept.openedAt > STAND_IN_NANOS;
  }

  private void release(Kept kept) {
    synchronized (this) {
      busy--;
      if (!closed) {
        idle.add(kept);
        return;
      }
    }
    kept.model.close();
  }

  /** Closes those that are idle now, and the others when they are given back. */
  @Override
  public void close() {
    Deque<Kept> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(idle);
      idle.clear();
    }
    all.forEach(kept -> kept.model.close());
  }
}
