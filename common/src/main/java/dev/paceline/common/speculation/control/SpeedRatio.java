package dev.paceline.common.speculation.control;

import dev.paceline.common.speculation.VerdictFrame;

/**
 * The draft length of PEARL: γ = round(draft tokens per second / target steps per second), so that
 * a block is ready when the pass of the target is. Both speeds are running means of this session. A
 * target step is one of a single row, as in the reference's profile: that of a round after a
 * rejection (pre-verify). Passes over a block take longer the longer the block is, and a draft
 * length made from them would feed on itself.
 */
public final class SpeedRatio implements Pilot {
  private static final int UNTIL_MEASURED = 4;
  private static final double GAIN = 0.2;

  /** A drafter that takes in more than this first is catching up, which is not its speed. */
  private static final int FEED = 2;

  private double draftNanos;
  private double stepNanos;
  private double firstNanos;
  private boolean preVerify;
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
    if (preVerify) {
      stepNanos = mean(stepNanos, frame.stepNanos());
    } else if (firstNanos == 0) {
      firstNanos = frame.stepNanos();
    }
    preVerify = frame.accepted() < frame.ids().length;
  }

  private static double mean(double before, double value) {
    return before == 0 ? value : before + GAIN * (value - before);
  }

  @Override
  public int window() {
    double step = stepNanos > 0 ? stepNanos : firstNanos;
    if (draftNanos <= 0 || step <= 0) {
      return UNTIL_MEASURED;
    }
    return (int) Math.max(1, Math.round(step / draftNanos));
  }
}
