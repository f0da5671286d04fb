package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.DraftOrigins;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.DraftDistribution;

/**
 * The drafts of the current epoch that wait for their verdict: a contiguous run that starts at the
 * first unknown position. All epoch rules of the server are here.
 */
final class PendingDrafts {
  private final TokenSequence known;
  private final int limit;
  private final TokenSequence run = new TokenSequence();
  private final DraftOrigins origins = new DraftOrigins();
  private int epoch;

  /**
   * @param known prompt and output, shared with the session
   * @param limit drafts that may wait
   */
  PendingDrafts(TokenSequence known, int limit) {
    this.known = known;
    this.limit = limit;
  }

  int epoch() {
    return epoch;
  }

  int count() {
    return run.length();
  }

  int get(int index) {
    return run.get(index);
  }

  /** What the first of them were sampled from; none in {@code COUPLED}. */
  DraftDistribution[] distributions(int count) {
    return origins.copy(0, count);
  }

  /**
   * Takes a frame in. Tokens at known positions and at positions that already wait are compared;
   * the rest extends the run.
   *
   * @return how many of its tokens were dropped: stale epoch, after a contradiction, behind a gap
   *     or over the limit
   */
  int offer(DraftFrame frame) {
    int[] ids = frame.ids();
    if (frame.epoch() < epoch) {
      return ids.length;
    }
    if (frame.epoch() > epoch) {
      epoch = frame.epoch();
      forget();
    }
    for (int i = 0; i < ids.length; i++) {
      long position = (long) frame.position() + i;
      long index = position - known.length();
      if (index < 0) {
        if (known.get((int) position) != ids[i]) {
          contradicted();
          return ids.length - i;
        }
      } else if (index < run.length()) {
        if (run.get((int) index) != ids[i]) {
          return ids.length - i;
        }
      } else if (index > run.length() || run.length() >= limit) {
        return ids.length - i;
      } else {
        run.add(ids[i]);
        if (frame.distributions().length > 0) {
          origins.add(frame.distributions()[i]);
        }
      }
    }
    return 0;
  }

  /**
   * Makes a token known and reconciles the run with it.
   *
   * @return how many waiting drafts were dropped because the first of them differs
   */
  int commit(int id) {
    known.add(id);
    if (run.length() == 0) {
      return 0;
    }
    if (run.get(0) == id) {
      run.removeFirst(1);
      origins.removeFirst(1);
      return 0;
    }
    int dropped = run.length();
    contradicted();
    return dropped;
  }

  private void forget() {
    run.truncate(0);
    origins.truncate(0);
  }

  private void contradicted() {
    epoch++;
    forget();
  }
}
