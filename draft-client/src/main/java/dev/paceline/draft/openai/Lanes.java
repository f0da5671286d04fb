package dev.paceline.draft.openai;

import com.linecorp.armeria.common.HttpStatus;
import dev.paceline.draft.text.TextModel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/**
 * As many text models as requests may run at once: each is for one request at a time, opened when
 * it is first needed and kept. Thread-safe.
 */
public final class Lanes implements AutoCloseable {
  private final int most;
  private final Supplier<TextModel> opener;
  private final Deque<TextModel> idle = new ArrayDeque<>();
  private int busy;
  private boolean closed;

  /**
   * @param most at least 1
   * @param opener opens one; closed with this
   */
  public Lanes(int most, Supplier<TextModel> opener) {
    this.most = most;
    this.opener = opener;
  }

  /** A text model that nobody else uses until this is closed. */
  final class Lane implements AutoCloseable {
    private final TextModel model;

    Lane(TextModel model) {
      this.model = model;
    }

    TextModel model() {
      return model;
    }

    @Override
    public void close() {
      release(model);
    }
  }

  /**
   * Takes a free lane; opens one if need be.
   *
   * @throws ApiException if all are taken
   * @throws dev.paceline.common.UserError if it cannot be opened
   */
  Lane acquire() {
    TextModel free;
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
    if (free != null) {
      return new Lane(free);
    }
    try {
      return new Lane(opener.get());
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

  private void release(TextModel model) {
    synchronized (this) {
      busy--;
      if (!closed) {
        idle.add(model);
        return;
      }
    }
    model.close();
  }

  /** Closes those that are idle now, and the others when they are given back. */
  @Override
  public void close() {
    Deque<TextModel> all;
    synchronized (this) {
      closed = true;
      all = new ArrayDeque<>(idle);
      idle.clear();
    }
    all.forEach(TextModel::close);
  }
}
