package dev.paceline.common.speculation.draft;

import java.util.Arrays;

/**
 * What one session measured at the client, over all its connections. Times are nanoseconds of the
 * event clock.
 *
 * <p>TTFT: start to first output token. TPOT: (last − first output token) / (output tokens − 1).
 * ITL: one gap per output token after the first; tokens that came in one verdict share an arrival,
 * so all but its first have gap 0.
 */
public final class DraftStatistics {
  private long drafted;
  private long sent;
  private long judged;
  private long accepted;
  private long serverDrafted;
  private long serverAccepted;
  private long verifySteps;
  private long drafts;
  private long reconnects;
  private long disagreements;
  private long adoptedEpochs;
  private long started;
  private long first;
  private long last;
  private long[] gaps = new long[64];
  private int output;
  private int draftOnly;

  DraftStatistics() {}

  void start(long now) {
    started = now;
  }

  void addDrafted(int tokens) {
    drafted += tokens;
  }

  void addSent(int tokens) {
    sent += tokens;
  }

  void addReconnect() {
    reconnects++;
  }

  void addDisagreement() {
    disagreements++;
  }

  void addAdoptedEpoch() {
    adoptedEpochs++;
  }

  void addVerdict(int tokensJudged, int tokensAccepted) {
    verifySteps++;
    drafts += tokensJudged > 0 ? 1 : 0;
    judged += tokensJudged;
    accepted += tokensAccepted;
  }

  /** Drafts of the server's own that the same step judged. */
  void addServerDrafts(int tokensJudged, int tokensAccepted) {
    serverDrafted += tokensJudged;
    serverAccepted += tokensAccepted;
  }

  void addOutput(int tokens, long now) {
    for (int i = 0; i < tokens; i++) {
      if (output == 0) {
        first = now;
      } else {
        if (output - 1 == gaps.length) {
          gaps = Arrays.copyOf(gaps, gaps.length * 2);
        }
        gaps[output - 1] = now - last;
      }
      last = now;
      output++;
    }
  }

  /** One output token of draft quality. */
  void addDraftOnly(long now) {
    draftOnly++;
    addOutput(1, now);
  }

  /** Tokens that the draft model made. */
  public long drafted() {
    return drafted;
  }

  /** Tokens sent in draft frames, repeated ones included. */
  public long sent() {
    return sent;
  }

  /** Draft tokens of this client that a verification step judged. */
  public long judged() {
    return judged;
  }

  /** Draft tokens of this client that became output. */
  public long accepted() {
    return accepted;
  }

  /** Tokens that the server drafted itself and a verification step judged. */
  public long serverDrafted() {
    return serverDrafted;
  }

  /** Tokens that the server drafted itself and that became output. */
  public long serverAccepted() {
    return serverAccepted;
  }

  /** Steps that put out tokens. */
  public long verifySteps() {
    return verifySteps;
  }

  /** Steps that put out tokens and judged draft tokens of this client. */
  public long drafts() {
    return drafts;
  }

  /** Connections after the first. */
  public long reconnects() {
    return reconnects;
  }

  /** Output tokens that a later verdict stated differently; never with a deterministic target. */
  public long disagreements() {
    return disagreements;
  }

  /** Epochs that the server opened for no reason the client could see; never with a correct one. */
  public long adoptedEpochs() {
    return adoptedEpochs;
  }

  /** Output tokens. */
  public int output() {
    return output;
  }

  /** Output tokens that no server has verified: the draft model's own, in draft quality. */
  public int draftOnly() {
    return draftOnly;
  }

  /** Accepted / judged drafts of this client; 0 when nothing was judged. */
  public double acceptanceRate() {
    return judged == 0 ? 0 : (double) accepted / judged;
  }

  /** 1 + accepted drafts of either side / verification steps. */
  public double meanAcceptedLength() {
    return verifySteps == 0 ? 1 : 1 + (double) (accepted + serverAccepted) / verifySteps;
  }

  /** Time to first token; 0 when there was none. */
  public long ttftNanos() {
    return output == 0 ? 0 : first - started;
  }

  /** Time per output token after the first; 0 for fewer than two. */
  public double tpotNanos() {
    return output < 2 ? 0 : (double) (last - first) / (output - 1);
  }

  /** Gaps between consecutive output tokens, a copy. */
  public long[] itlNanos() {
    return Arrays.copyOf(gaps, Math.max(0, output - 1));
  }
}
