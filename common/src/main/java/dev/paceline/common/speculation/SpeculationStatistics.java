package dev.paceline.common.speculation;

import java.util.Arrays;

/**
 * What speculation did in one stream, counted by the server. Output tokens of the stream = steps +
 * accepted (less what a stop id cuts off), so the mean accepted length is also tokens per step.
 */
public final class SpeculationStatistics {
  /** Positions of a draft run that {@link #acceptedAt} tells apart; later ones are not counted. */
  public static final int HISTOGRAM = 64;

  private long verifySteps;
  private long drafted;
  private long accepted;
  private long selfAdvanced;
  private long staleDropped;
  private long[] acceptedAt = new long[0];

  public SpeculationStatistics() {}

  /** Values that another side counted. */
  public SpeculationStatistics(
      long verifySteps,
      long drafted,
      long accepted,
      long selfAdvanced,
      long staleDropped,
      long[] acceptedAt) {
    this.verifySteps = verifySteps;
    this.drafted = drafted;
    this.accepted = accepted;
    this.selfAdvanced = selfAdvanced;
    this.staleDropped = staleDropped;
    this.acceptedAt = acceptedAt.clone();
  }

  /** Counts one step that put out tokens. */
  public void addStep(int judged, int confirmed) {
    verifySteps++;
    drafted += judged;
    accepted += confirmed;
    if (judged == 0) {
      selfAdvanced++;
    }
    int counted = Math.min(confirmed, HISTOGRAM);
    if (counted > acceptedAt.length) {
      acceptedAt = Arrays.copyOf(acceptedAt, counted);
    }
    for (int i = 0; i < counted; i++) {
      acceptedAt[i]++;
    }
  }

  /** Counts draft tokens that were dropped unjudged. */
  public void addStale(int tokens) {
    staleDropped += tokens;
  }

  /** Steps that put out tokens. */
  public long verifySteps() {
    return verifySteps;
  }

  /** Draft tokens that a step judged, those after a rejection included. */
  public long drafted() {
    return drafted;
  }

  /** Draft tokens that became output. */
  public long accepted() {
    return accepted;
  }

  /** Output tokens that were made without a draft waiting. */
  public long selfAdvanced() {
    return selfAdvanced;
  }

  /**
   * Draft tokens dropped: of a stale epoch, after a contradiction, behind a gap or over a limit.
   */
  public long staleDropped() {
    return staleDropped;
  }

  /** How often the draft token at each place of a run (0 first) was accepted. */
  public long[] acceptedAt() {
    return acceptedAt.clone();
  }

  /** Accepted / judged; 0 when nothing was judged. */
  public double acceptanceRate() {
    return drafted == 0 ? 0 : (double) accepted / drafted;
  }

  /** 1 + accepted / steps, with every step that put out tokens. */
  public double meanAcceptedLength() {
    return verifySteps == 0 ? 1 : 1 + (double) accepted / verifySteps;
  }

  /** A copy that later counting does not change. */
  public SpeculationStatistics snapshot() {
    return new SpeculationStatistics(
        verifySteps, drafted, accepted, selfAdvanced, staleDropped, acceptedAt);
  }
}
