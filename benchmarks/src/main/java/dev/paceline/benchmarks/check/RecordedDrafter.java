package dev.paceline.benchmarks.check;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.draft.core.Drafter;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Drafts from a recorded text, one token in five wrong. */
final class RecordedDrafter implements Drafter {
  private static final double RIGHT = 0.8;

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread made = new Thread(task, "recorded-drafter");
            made.setDaemon(true);
            return made;
          });
  private final int vocabulary;
  private final Random random = new Random(2);
  private volatile int[] text = {};

  RecordedDrafter(int vocabulary) {
    this.vocabulary = vocabulary;
  }

  int vocabulary() {
    return vocabulary;
  }

  /** The text that the next generation will write. */
  void follow(int[] prompt, int[] output) {
    int[] all = new int[prompt.length + output.length];
    System.arraycopy(prompt, 0, all, 0, prompt.length);
    System.arraycopy(output, 0, all, prompt.length, output.length);
    text = all;
  }

  @Override
  public void draft(DraftRequest request, SamplingParams sampling, Answer answer) {
    thread.execute(
        () -> {
          int position = request.position();
          boolean right = position < text.length && random.nextDouble() < RIGHT;
          answer.drafted(right ? text[position] : random.nextInt(vocabulary), -0.2f);
        });
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
