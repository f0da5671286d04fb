package dev.paceline.common.speculation.control;

import dev.paceline.common.link.RateEstimator;
import dev.paceline.common.link.RttEstimator;
import dev.paceline.common.speculation.VerdictFrame;

/**
 * What a session measures of its device, its link and its server. What a draft took to its verdict
 * beyond the step and its queue is a bound of the round trip: any wait on the way only makes it
 * larger.
 *
 * <p>The rate of the uplink shows where drafts pile up in it: in how late they are judged, and in
 * verdicts of steps that began without a draft that was sent long before. A draft may have waited
 * for the step in progress and for its turn; so much is left open. What is not measured is a link
 * that is faster than what is sent, which does not matter, and one behind which the round trip was
 * never seen without a backlog, as after a long prompt at a few kbit/s: the backlog then counts as
 * round trip until it has gone once.
 */
final class Meters {
  private static final double GAIN = 0.1;

  private final Estimate draft = new Estimate(GAIN);
  private final Estimate fed = new Estimate(GAIN);
  private final Estimate step = new Estimate(GAIN);
  private final Estimate queue = new Estimate(GAIN);
  private final Estimate tokensAlone = new Estimate(GAIN);
  private final ServerDrafting server = new ServerDrafting();
  private final RttEstimator rtt = new RttEstimator();
  private final RateEstimator uplink = new RateEstimator();
  private long openingAt;
  private long askedAt;
  private int feed;

  void opening(int bytes, long now) {
    server.forget();
    openingAt = now;
    uplink.reset();
    uplink.sent(bytes, now);
    // Perhaps another server, or another way to the same one.
    rtt.reset();
  }

  void opened(long now) {
    rtt.bound(now - openingAt, now);
  }

  void asked(int tokens, long now) {
    askedAt = now;
    feed = tokens;
  }

  void drafted(long now) {
    // A prompt or a whole run of output is fed at once and says little of one token.
    if (feed <= 2) {
      draft.add(now - askedAt);
    } else {
      fed.add((double) (now - askedAt) / feed);
    }
  }

  /**
   * A frame leaves.
   *
   * @return a mark that stands for it in {@link #verdict}
   */
  long sent(int bytes, long now) {
    return uplink.sent(bytes, now);
  }

  /**
   * @param lastSentAt when the last draft that the verdict judged was sent; 0 if it judged none
   * @param mark of its frame
   */
  void verdict(VerdictFrame frame, long lastSentAt, long mark, long now) {
    step.add(frame.stepNanos());
    if (frame.serverDrafted() == 0) {
      // Otherwise the server's own drafting is in it.
      queue.add(frame.queueNanos());
    }
    server.verdict(frame);
    tokensAlone.add(Math.max(1, frame.ids().length - frame.accepted()));
    if (lastSentAt > 0) {
      rtt.bound(now - lastSentAt - frame.stepNanos() - frame.queueNanos(), now);
      long most = now - lastSentAt - frame.stepNanos() - rtt.leastNanos();
      uplink.answered(mark, most, frame.stepNanos() + frame.queueNanos(), rtt.leastNanos(), now);
    }
  }

  /**
   * A draft is overtaken: a step began without it.
   *
   * @param sentAt when it was sent
   * @param mark of its frame
   */
  void overtaken(VerdictFrame frame, long sentAt, long mark, long now) {
    long least = rtt.leastNanos();
    uplink.late(mark, now - sentAt - frame.stepNanos() - least, least);
  }

  /** Bytes that the link is found to carry in a second; 0 if it was never the bottleneck. */
  double uplinkBytesPerSecond() {
    return uplink.measured() ? uplink.bitsPerSecond() / 8 : 0;
  }

  boolean draftKnown() {
    return draft.known();
  }

  /** Whether the server drafts if it is left to it. */
  boolean serverOffers() {
    return server.offered();
  }

  /** How often the server's own drafts are right, if those of the client are so often. */
  double serverAcceptance(double clients) {
    return server.acceptance(clients);
  }

  boolean serverKnown() {
    return step.known();
  }

  /** Estimates; of what is unknown, guesses that do no harm for a verdict or two. */
  Conditions conditions(double acceptance, double draftPriceNanos) {
    double stepNanos = step.or(50e6);
    double turn = stepNanos + queue.or(0);
    double alone = server.offered() ? turn / server.nanosPerToken(turn, acceptance) : 0;
    return new Conditions(
        draft.or(fed.or(10e6)),
        rtt.leastNanos(),
        stepNanos,
        queue.or(0),
        server.offered() ? alone : tokensAlone.or(1),
        acceptance,
        draftPriceNanos);
  }
}
