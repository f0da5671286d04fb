package dev.paceline.draft.core;

import dev.paceline.common.speculation.draft.DraftOutcome;
import dev.paceline.common.speculation.draft.OutputRun;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Collects a generation's output and lets a thread wait for its end. */
public final class OutputCollector implements TokenListener {
  private final Consumer<OutputRun> each;
  private final CompletableFuture<DraftOutcome> done = new CompletableFuture<>();
  private int[] output = new int[64];
  private int count;

  /**
   * @param each called with every run of output as it comes
   */
  public OutputCollector(Consumer<OutputRun> each) {
    this.each = each;
  }

  @Override
  public void tokens(OutputRun run) {
    for (int id : run.ids()) {
      if (count == output.length) {
        output = Arrays.copyOf(output, count * 2);
      }
      output[count++] = id;
    }
    each.accept(run);
  }

  @Override
  public void done(DraftOutcome outcome) {
    done.complete(outcome);
  }

  /** Waits for the end. */
  public DraftOutcome await() throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  /** The output tokens; after {@link #await} only. */
  public int[] output() {
    return Arrays.copyOf(output, count);
  }
}
