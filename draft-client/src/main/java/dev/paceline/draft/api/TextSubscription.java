package dev.paceline.draft.api;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.draft.core.Generation;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's text (Reactive Streams §2 and §3). Pieces that were not requested yet wait here;
 * a text has an end, so there are never more than its tokens. The server goes on meanwhile.
 */
final class TextSubscription implements Flow.Subscription {
  private final Flow.Subscriber<? super TextPiece> subscriber;
  private final Queue<TextPiece> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicLong requested = new AtomicLong();

  /** Signals to look at; whoever makes it 1 delivers, so that they come one at a time. */
  private final AtomicInteger signals = new AtomicInteger();

  private volatile @Nullable DraftOutcome outcome;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean over;
  private volatile @Nullable Generation generation;

  TextSubscription(Flow.Subscriber<? super TextPiece> subscriber) {
    this.subscriber = subscriber;
  }

  /**
   * Hands the subscription over and starts the text.
   *
   * @param writer starts a generation whose output goes to this subscription
   */
  void start(Function<TextSubscription, Generation> writer) {
    signals.incrementAndGet();
    subscriber.onSubscribe(this);
    if (!over) {
      try {
        generation = writer.apply(this);
      } catch (UserError e) {
        failure = e;
      }
      if (over) {
        stop();
      }
    }
    deliver();
  }

  void piece(TextPiece piece) {
    waiting.add(piece);
    signal();
  }

  void ended(DraftOutcome result) {
    outcome = result;
    signal();
  }

  @Override
  public void request(long count) {
    if (count <= 0) {
      failure = new IllegalArgumentException("request of " + count + " is not positive");
    } else {
      requested.accumulateAndGet(count, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
    }
    signal();
  }

  @Override
  public void cancel() {
    over = true;
    stop();
    signal();
  }

  private void stop() {
    Generation running = generation;
    if (running != null) {
      running.cancel();
    }
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      deliver();
    }
  }

  private void deliver() {
    int seen = 1;
    do {
      seen = signals.get();
      step();
    } while (signals.addAndGet(-seen) != 0);
  }

  private void step() {
    RuntimeException error = failure;
    if (error != null && !over) {
      over = true;
      stop();
      subscriber.onError(error);
    }
    while (!over && requested.get() > 0 && !waiting.isEmpty()) {
      TextPiece piece = waiting.remove();
      requested.decrementAndGet();
      subscriber.onNext(piece);
    }
    if (over) {
      waiting.clear();
      return;
    }
    DraftOutcome end = outcome;
    // The outcome comes after the last piece: what is not waiting now will not come any more.
    if (end != null && waiting.isEmpty()) {
      over = true;
      finish(end);
    }
  }

  private void finish(DraftOutcome end) {
    FinishReason reason = end.reason();
    if (reason == FinishReason.REFUSED
        || reason == FinishReason.UNREACHABLE
        || reason == FinishReason.CANCELLED) {
      subscriber.onError(new UserError(end.sentence()));
    } else {
      subscriber.onComplete();
    }
  }
}
