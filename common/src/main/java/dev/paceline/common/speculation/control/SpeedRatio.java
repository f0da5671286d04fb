package dev.paceline.common.speculation.control;

import dev.paceline.common.speculation.VerdictFrame;

/**
 * The draft length of PEARL: γ = round(draft tokens per second / target steps per second), so that
 * a block is ready when the pass of the target is. Both speeds are running means of this session.
 */
public final class SpeedRatio implements Pilot {
  private static final int UNTIL_MEASURED = 4;
  private static final double GAIN = 0.2;

  /** A drafter that takes in more than this first is catching up, which is not its speed. */
  private static final int FEED = 2;

  private double draftNanos;
  private double stepNanos;
  private boolean timing;
  private long askedAt;

  @Override
  public void asked(int feed, long now) {
    timing = feed <= FEED;
    askedAt = now;
  }

  @Override
  public void drafted(
      int position, int id, float logProbability, int depth, boolean becameDraft, long now) {
    if (timing) {
      draftNanos = mean(draftNanos, now - askedAt);
    }
    timing = false;
  }

  @Override
  public void verdict(VerdictFrame frame, long now) {
    stepNanos = mean(stepNanos, frame.stepNanos());
  }

  private static double mean(double before, double value) {
    return before == 0 ? value : before + GAIN * (value - before);
  }

  @Override
  public int window() {
    if (draftNanos <= 0 || stepNanos <= 0) {
      return UNTIL_MEASURED;
    }
    return (int) Math.max(1, Math.round(stepNanos / draftNanos));
  }
}
