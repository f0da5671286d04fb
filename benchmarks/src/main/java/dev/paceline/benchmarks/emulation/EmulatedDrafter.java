package dev.paceline.benchmarks.emulation;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.draft.core.Drafter;
import dev.paceline.models.lm.Picks;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A drafter on a device of a chosen speed: the tokens are a real draft model's. Each further token
 * that it has to take in before it can draft costs a tenth of a draft.
 */
public final class EmulatedDrafter implements Drafter {
  private static final double FEED = 0.1;

  private final ExecutorService device =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "emulated-drafter");
            thread.setDaemon(true);
            return thread;
          });
  private final PickMemory memory;
  private volatile long tokenNanos;
  private int[] held = new int[0];

  /**
   * @param memory stays open
   */
  public EmulatedDrafter(PickMemory memory) {
    this.memory = memory;
  }

  /** Sets the time of one draft; holds from the next one on. From any thread. */
  public void speed(double millisPerToken) {
    tokenNanos = Math.round(millisPerToken * 1e6);
  }

  @Override
  public void draft(DraftRequest request, SamplingParams sampling, Answer answer) {
    long asked = System.nanoTime();
    device.execute(
        () -> {
          Picks picks;
          try {
            held = Arrays.copyOf(held, request.position());
            System.arraycopy(request.feed(), 0, held, request.keep(), request.feed().length);
            picks = memory.picks(held, 1, sampling);
          } catch (RuntimeException e) {
            answer.failed(String.valueOf(e.getMessage()));
            return;
          }
          double drafts = 1 + FEED * (request.feed().length - 1);
          Pause.until(asked + Math.round(tokenNanos * drafts));
          answer.drafted(picks.tokens()[0], picks.logProbabilities()[0]);
        });
  }

  @Override
  public void close() {
    device.shutdown();
  }
}
