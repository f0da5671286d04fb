package dev.paceline.common.speculation.draft;

import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.SpeculationStatistics;
import org.jspecify.annotations.Nullable;

/** How a session ended. Immutable. */
public final class DraftOutcome {
  private final FinishReason reason;
  private final String sentence;
  private final DraftStatistics statistics;
  private final @Nullable SpeculationStatistics server;

  DraftOutcome(
      FinishReason reason,
      String sentence,
      DraftStatistics statistics,
      @Nullable SpeculationStatistics server) {
    this.reason = reason;
    this.sentence = sentence;
    this.statistics = statistics;
    this.server = server;
  }

  public FinishReason reason() {
    return reason;
  }

  /** One sentence for a person; what went wrong if anything did. */
  public String sentence() {
    return sentence;
  }

  public DraftStatistics statistics() {
    return statistics;
  }

  /** What the server of the last stream counted; null when its last frame did not come. */
  public @Nullable SpeculationStatistics server() {
    return server;
  }
}
