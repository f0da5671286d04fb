package dev.paceline.benchmarks.survival;

import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.draft.DraftOptions;
import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.draft.core.DraftClient;
import dev.paceline.draft.core.Generation;
import dev.paceline.draft.core.TokenListener;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One text that is being written. */
final class TextRun implements TokenListener {
  private final int strikeAt;
  private final long started = System.nanoTime();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final CompletableFuture<Generation> generation = new CompletableFuture<>();

  /** Written by the listener's thread only, read after {@link #ended}. */
  private int[] output = new int[128];

  private int count;
  private long endedAt;
  private @Nullable DraftOutcome outcome;

  private TextRun(int strikeAt) {
    this.strikeAt = strikeAt;
  }

  /**
   * Starts a text.
   *
   * @param strikeAt output tokens after which {@link #awaitMoment} returns
   */
  static TextRun start(DraftClient client, OpenFrame open, DraftOptions options, int strikeAt) {
    TextRun run = new TextRun(strikeAt);
    run.generation.complete(client.generate(open, options, run));
    return run;
  }

  @Override
  public void tokens(OutputRun run) {
    for (int id : run.ids()) {
      if (count == output.length) {
        output = Arrays.copyOf(output, count * 2);
      }
      output[count++] = id;
    }
    if (count >= strikeAt) {
      reached.countDown();
    }
  }

  @Override
  public void done(DraftOutcome result) {
    outcome = result;
    endedAt = System.nanoTime();
    reached.countDown();
    ended.countDown();
  }

  /** Waits for the moment to strike. */
  void awaitMoment() throws InterruptedException {
    reached.await();
  }

  /** Moves the text to the server that is preferred now. */
  void migrate() {
    generation.join().migrate();
  }

  void cancel() {
    generation.join().cancel();
  }

  /** Whether it ends in that time. */
  boolean awaitEnd(int seconds) throws InterruptedException {
    return ended.await(seconds, TimeUnit.SECONDS);
  }

  /** Start to end; after the end only. */
  double seconds() {
    return (endedAt - started) * 1e-9;
  }

  /** After the end only. */
  int[] output() {
    return Arrays.copyOf(output, count);
  }

  /** Why it ended, for a person. */
  String sentence() {
    return outcome == null ? "it did not end" : outcome.sentence();
  }
}
