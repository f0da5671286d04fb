package dev.paceline.draft.core;

import dev.paceline.common.sampling.SamplingParams;
import dev.paceline.common.speculation.draft.DraftRequest;
import dev.paceline.models.lm.DraftModel;
import dev.paceline.models.lm.Drafts;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for single drafts from calls that make several, where a draft takes so little
 * time that the call itself is much of it. The tokens are those of single calls: a request that
 * does not continue what was made ahead (the chain was contradicted) forgets it.
 *
 * <p>How many: as many as take no longer than {@value #AHEAD_NANOS} ns together, at most the
 * session's own window; the first of them is late by less than that, which a link adds many times
 * over, and as little work is in vain after a contradiction. A draft of several milliseconds is
 * made alone. A call also ends with a draft that makes the tokens ahead unlikely, for a session
 * would soon not ask for more.
 */
final class DraftAhead {
  private static final double AHEAD_NANOS = 1e6;
  private static final int MOST = 4;
  private static final double STOP_BELOW = 0.3;
  private static final double GAIN = 0.2;

  private final LongSupplier clock;
  private double draftNanos = Double.POSITIVE_INFINITY;
  private @Nullable Drafts made;
  private @Nullable SamplingParams of;
  private int first;
  private int given;

  /**
   * @param clock nanoseconds
   */
  DraftAhead(LongSupplier clock) {
    this.clock = clock;
  }

  /** One draft. */
  Drafts next(DraftModel model, DraftRequest request, SamplingParams sampling) {
    Drafts known = made;
    if (known != null && continues(known, request, sampling)) {
      return one(known, ++given);
    }
    int[] feed = request.feed();
    int most =
        (int) Math.max(1, Math.min(Math.min(MOST, request.most()), AHEAD_NANOS / draftNanos));
    long start = clock.getAsLong();
    Drafts drafts = model.draft(request.keep(), feed, most, STOP_BELOW, sampling);
    if (feed.length <= 2) {
      measured((double) (clock.getAsLong() - start) / drafts.ids().length);
    }
    made = drafts;
    of = sampling;
    first = request.position();
    given = 0;
    return one(drafts, 0);
  }

  /** Whether the request asks for the token after the last one given, with that one fed. */
  private boolean continues(Drafts known, DraftRequest request, SamplingParams sampling) {
    int[] feed = request.feed();
    return given + 1 < known.ids().length
        && request.position() == first + given + 1
        && feed.length == 1
        && feed[0] == known.ids()[given]
        && sampling.equals(of);
  }

  private void measured(double nanos) {
    boolean none = draftNanos == Double.POSITIVE_INFINITY;
    draftNanos = none ? nanos : draftNanos + GAIN * (nanos - draftNanos);
  }

  private static Drafts one(Drafts drafts, int index) {
    return new Drafts(
        new int[] {drafts.ids()[index]},
        Arrays.copyOfRange(drafts.logProbabilities(), index, index + 1));
  }
}
