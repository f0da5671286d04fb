package dev.paceline.benchmarks.emulation;

import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Picks;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model on a device of a chosen speed: the picks are a real model's, a step ends when the
 * device's time for it is over. Until a speed is set, steps (a server's warm-up) take no time and
 * pick nothing of use.
 */
public final class EmulatedModel implements LanguageModel {
  private final PickMemory memory;
  private final ModelInfo info;
  private final int[][] slots;
  private volatile @Nullable StepTime speed;

  /**
   * @param memory stays open
   * @param slots sequences at a time
   */
  public EmulatedModel(PickMemory memory, int slots) {
    this.memory = memory;
    ModelInfo real = memory.info();
    info =
        new ModelInfo(
            real.id(),
            real.config(),
            real.precision(),
            "emulated",
            real.weightBytesPerStep(),
            slots,
            real.contextLength(),
            real.digest());
    this.slots = new int[slots][0];
  }

  /** Sets the device's speed; holds from the next step on. From any thread. */
  public void speed(StepTime time) {
    speed = time;
  }

  @Override
  public ModelInfo info() {
    return info;
  }

  @Override
  public StepResult step(List<Segment> segments) {
    long started = System.nanoTime();
    StepTime time = speed;
    int rows = 0;
    List<Picks> picks = new ArrayList<>(segments.size());
    for (Segment segment : segments) {
      rows += segment.tokens().length;
      picks.add(time == null ? nothing(segment.picks()) : picks(segment));
    }
    if (time != null) {
      Pause.until(started + time.nanos(rows));
    }
    return new StepResult(picks);
  }

  private Picks picks(Segment segment) {
    int[] held = slots[segment.slot()];
    if (segment.start() > held.length) {
      throw new IllegalStateException(
          "a segment starts at "
              + segment.start()
              + ", but its slot holds "
              + held.length
              + " positions");
    }
    int[] tokens = Arrays.copyOf(held, segment.end());
    System.arraycopy(segment.tokens(), 0, tokens, segment.start(), segment.tokens().length);
    slots[segment.slot()] = tokens;
    return memory.picks(tokens, segment.picks(), segment.sampling());
  }

  private static Picks nothing(int count) {
    return new Picks(new int[count], new float[count], new float[count]);
  }

  @Override
  public float[][] logits(int[] tokens) {
    throw new UnsupportedOperationException("an emulated device has no logits");
  }

  @Override
  public void close() {}
}
