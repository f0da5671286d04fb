package dev.paceline.common.speculation;

import dev.paceline.common.verification.DraftDistribution;
import java.util.ArrayList;
import java.util.List;

/**
 * What each of a run of waiting drafts was sampled from, beside the run itself. Stays empty in
 * {@code COUPLED} verification, where nobody asks.
 */
public final class DraftOrigins {
  private static final DraftDistribution[] NONE = {};

  private final List<DraftDistribution> run = new ArrayList<>();

  /** Adds that of the next draft. */
  public void add(DraftDistribution origin) {
    run.add(origin);
  }

  /** The first drafts have their verdict. */
  public void removeFirst(int count) {
    run.subList(0, Math.min(count, run.size())).clear();
  }

  /** All drafts from an index on are forgotten. */
  public void truncate(int length) {
    if (length < run.size()) {
      run.subList(length, run.size()).clear();
    }
  }

  /** Those in [from, to); none at all in {@code COUPLED}. */
  public DraftDistribution[] copy(int from, int to) {
    return run.isEmpty() ? NONE : run.subList(from, to).toArray(NONE);
  }
}
