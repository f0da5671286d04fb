package dev.paceline.target.engine;

import dev.paceline.models.compile.Precision;
import dev.paceline.models.gpt2.Gpt2Config;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Counts upwards in zero real time; every step takes the same simulated time. */
final class FakeModel implements LanguageModel {
  static final int VOCABULARY = 1000;
  private static final int CONTEXT = 1 << 20;

  private final AtomicLong clock;
  private final long stepNanos;
  private final ModelInfo info;
  private final long rowNanos;
  volatile boolean broken;

  /** Called on the engine's thread while a step runs. */
  volatile Consumer<List<Segment>> during = segments -> {};

  FakeModel(int slots, AtomicLong clock, long stepNanos) {
    this(slots, clock, stepNanos, 0);
  }

  FakeModel(int slots, AtomicLong clock, long stepNanos, long rowNanos) {
    this.rowNanos = rowNanos;
    this.clock = clock;
    this.stepNanos = stepNanos;
    Gpt2Config config = Gpt2Config.ofShape(VOCABULARY, CONTEXT, 8, 1, 1, 8);
    info = new ModelInfo("fake", config, Precision.FP32, "cpu", 0, slots, CONTEXT, "");
  }

  /** The token that follows another. */
  static int next(int token) {
    return (token + 1) % VOCABULARY;
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public StepResult step(List<Segment> segments) {
    int rows = segments.stream().mapToInt(segment -> segment.tokens().length).sum();
    clock.addAndGet(stepNanos + rows * rowNanos);
    during.accept(segments);
    if (broken) {
      throw new IllegalStateException("the fake is broken");
    }
    List<Picks> picks = new ArrayList<>();
    for (Segment segment : segments) {
      int[] tokens = segment.tokens();
      int[] chosen = new int[segment.picks()];
      for (int i = 0; i < chosen.length; i++) {
        chosen[i] = next(tokens[tokens.length - chosen.length + i]);
      }
      picks.add(new Picks(chosen, new float[chosen.length], new float[chosen.length]));
    }
    return new StepResult(picks);
  }

  @Override
  public float[][] logits(int[] tokens) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
