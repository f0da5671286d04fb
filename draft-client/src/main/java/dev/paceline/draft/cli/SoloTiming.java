package dev.paceline.draft.cli;

import java.util.function.IntConsumer;

/** Times a model that decodes alone, and passes its tokens on. */
final class SoloTiming implements IntConsumer {
  private final IntConsumer next;
  private final long started = System.nanoTime();
  private long first;
  private long last;
  private int count;

  SoloTiming(IntConsumer next) {
    this.next = next;
  }

  @Override
  public void accept(int id) {
    last = System.nanoTime();
    if (count++ == 0) {
      first = last;
    }
    next.accept(id);
  }

  RunResult result(String mode, int promptTokens, int outputTokens) {
    double tpot = count < 2 ? 0 : (last - first) * 1e-6 / (count - 1);
    return RunResult.alone(mode, promptTokens, outputTokens, (first - started) * 1e-6, tpot);
  }
}
