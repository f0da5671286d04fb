package dev.paceline.target.fair;

import java.util.List;

/**
 * Who is served in one step, in the order of their counters. Made by {@link FairQueue#pick}, given
 * back to {@link FairQueue#charge}.
 *
 * @param <K> a session
 */
public final class StepPlan<K> {
  private final List<StepShare<K>> shares;
  private final int rows;

  /** Counter of the first session that the step left wanting; infinite if there is none. */
  final double frontier;

  StepPlan(List<StepShare<K>> shares, double frontier) {
    this.shares = List.copyOf(shares);
    this.rows = shares.stream().mapToInt(StepShare::rows).sum();
    this.frontier = frontier;
  }

  public List<StepShare<K>> shares() {
    return shares;
  }

  /** Rows of all sessions together. */
  public int rows() {
    return rows;
  }

  public boolean isEmpty() {
    return shares.isEmpty();
  }
}
