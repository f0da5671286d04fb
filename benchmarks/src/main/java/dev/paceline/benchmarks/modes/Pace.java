package dev.paceline.benchmarks.modes;

import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import dev.paceline.draft.core.TokenListener;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Times the output of one generation. The pace is the time from the first arrival to the last over
 * the tokens that came after the first arrival: tokens that came together with the first count for
 * nothing, so a mode that begins with a burst gains nothing by it.
 */
final class Pace implements TokenListener {
  private final CompletableFuture<DraftOutcome> done = new CompletableFuture<>();
  private int[] output = new int[64];
  private int count;
  private int firstBurst;
  private long first;
  private long last;

  @Override
  public void tokens(OutputRun run) {
    long now = System.nanoTime();
    if (count == 0) {
      first = now;
      firstBurst = run.ids().length;
    }
    last = now;
    for (int id : run.ids()) {
      if (count == output.length) {
        output = Arrays.copyOf(output, count * 2);
      }
      output[count++] = id;
    }
  }

  @Override
  public void done(@Nullable DraftOutcome outcome) {
    done.complete(outcome);
  }

  /** Waits for the end. */
  DraftOutcome await() {
    return done.join();
  }

  int[] output() {
    return Arrays.copyOf(output, count);
  }

  long nanos() {
    return last - first;
  }

  /** Tokens after the first arrival. */
  int tokens() {
    return count - firstBurst;
  }
}
