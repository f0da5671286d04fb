package dev.paceline.common.speculation.control;

import dev.paceline.common.speculation.VerdictFrame;

/**
 * What a session measures of its device, its link and its server. The round trip is the least of
 * what drafts took to their verdict beyond the step and its queue: any wait on the way only makes a
 * sample larger. It rises slowly, so that a link that has become slower is believed within seconds.
 */
final class Meters {
  private static final double GAIN = 0.1;

  /** What a sample above the least one moves it. */
  private static final double RISE = 0.05;

  private final Estimate draft = new Estimate(GAIN);
  private final Estimate fed = new Estimate(GAIN);
  private final Estimate step = new Estimate(GAIN);
  private final Estimate queue = new Estimate(GAIN);
  private final Estimate tokensAlone = new Estimate(GAIN);
  private double rttNanos = -1;
  private long openingAt;
  private long askedAt;
  private int feed;

  void opening(long now) {
    openingAt = now;
  }

  void opened(long now) {
    roundTrip(now - openingAt);
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
   * @param lastSentAt when the last draft that the verdict judged was sent; 0 if it judged none
   */
  void verdict(VerdictFrame frame, long lastSentAt, long now) {
    step.add(frame.stepNanos());
    queue.add(frame.queueNanos());
    tokensAlone.add(Math.max(1, frame.ids().length - frame.accepted()));
    if (lastSentAt > 0) {
      roundTrip(now - lastSentAt - frame.stepNanos() - frame.queueNanos());
    }
  }

  private void roundTrip(double nanos) {
    double sample = Math.max(0, nanos);
    rttNanos = rttNanos < 0 || sample < rttNanos ? sample : rttNanos + RISE * (sample - rttNanos);
  }

  boolean draftKnown() {
    return draft.known();
  }

  boolean serverKnown() {
    return step.known();
  }

  /** Estimates; of what is unknown, guesses that do no harm for a verdict or two. */
  Conditions conditions(double acceptance, double draftPriceNanos) {
    return new Conditions(
        draft.or(fed.or(10e6)),
        Math.max(0, rttNanos),
        step.or(50e6),
        queue.or(0),
        tokensAlone.or(1),
        acceptance,
        draftPriceNanos);
  }
}
