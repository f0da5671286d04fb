package dev.paceline.common.speculation;

import java.util.Arrays;

/**
 * What speculation did in one stream, counted by the server. Output tokens of the stream = steps +
 * accepted + accepted drafts of the server's own (less what a stop id cuts off), so the mean
 * accepted length is also tokens per step.
 */
public final class SpeculationStatistics {
  /** Positions of a draft run that {@link #acceptedAt} tells apart; later ones are not counted. */
  public static final int HISTOGRAM = 64;

  private long verifySteps;
  private long drafted;
  private long accepted;
  private long selfAdvanced;
  private long staleDropped;
  private long serverDrafted;
  private long serverAccepted;
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

  /** Counts one step that put out tokens and judged drafts of the client only. */
  public void addStep(int judged, int confirmed) {
    addStep(judged, confirmed, 0, 0);
  }

  /**
   * Counts one step that put out tokens.
   *
   * @param judged drafts of the client
   * @param confirmed how many of them became output
   * @param serverJudged drafts of the server's own
   * @param serverConfirmed how many of them became output
   */
  public void addStep(int judged, int confirmed, int serverJudged, int serverConfirmed) {
    verifySteps++;
    drafted += judged;
    accepted += confirmed;
    serverDrafted += serverJudged;
    serverAccepted += serverConfirmed;
    if (judged + serverJudged == 0) {
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

  /** Draft tokens of the client that a step judged, those after a rejection included. */
  public long drafted() {
    return drafted;
  }

  /** Draft tokens of the client that became output. */
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

  /** Tokens that the server drafted itself and a step judged. */
  public long serverDrafted() {
    return serverDrafted;
  }

  /** Tokens that the server drafted itself and that became output. */
  public long serverAccepted() {
    return serverAccepted;
  }

  /** How often the draft token at each place of a run (0 first) was accepted. */
  public long[] acceptedAt() {
    return acceptedAt.clone();
  }

  /** Accepted / judged drafts of the client; 0 when nothing was judged. */
  public double acceptanceRate() {
    return drafted == 0 ? 0 : (double) accepted / drafted;
  }

  /** 1 + accepted drafts of either side / steps, with every step that put out tokens. */
  public double meanAcceptedLength() {
    return verifySteps == 0 ? 1 : 1 + (double) (accepted + serverAccepted) / verifySteps;
  }

  /** A copy that later counting does not change. */
  public SpeculationStatistics snapshot() {
    return new SpeculationStatistics(
            verifySteps, drafted, accepted, selfAdvanced, staleDropped, acceptedAt)
        .withServerDrafts(serverDrafted, serverAccepted);
  }

  /** The same values with drafts of the server's own. */
  public SpeculationStatistics withServerDrafts(long judged, long confirmed) {
    SpeculationStatistics all =
        new SpeculationStatistics(
            verifySteps, drafted, accepted, selfAdvanced, staleDropped, acceptedAt);
    all.serverDrafted = judged;
    all.serverAccepted = confirmed;
    return all;
  }
}
