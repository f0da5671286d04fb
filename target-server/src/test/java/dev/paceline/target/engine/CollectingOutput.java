package dev.paceline.target.engine;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.VerdictFrame;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Counts what a session puts out. */
final class CollectingOutput implements SessionOutput {
  final AtomicLong tokens = new AtomicLong();
  final CountDownLatch opened = new CountDownLatch(1);
  final CountDownLatch released = new CountDownLatch(1);
  final AtomicReference<@Nullable FinishedFrame> finished = new AtomicReference<>();
  final AtomicReference<@Nullable String> failed = new AtomicReference<>();
  private final Consumer<VerdictFrame> onVerdict;

  CollectingOutput() {
    this(frame -> {});
  }

  /**
   * @param onVerdict called on the engine thread
   */
  CollectingOutput(Consumer<VerdictFrame> onVerdict) {
    this.onVerdict = onVerdict;
  }

  @Override
  public void opened(OpenedFrame frame) {
    opened.countDown();
  }

  @Override
  public void verdict(VerdictFrame frame) {
    tokens.addAndGet(frame.ids().length);
    onVerdict.accept(frame);
  }

  @Override
  public void finished(FinishedFrame frame) {
    finished.set(frame);
  }

  @Override
  public void failed(String sentence) {
    failed.set(sentence);
  }

  @Override
  public void released() {
    released.countDown();
  }
}
