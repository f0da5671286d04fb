package dev.paceline.common.speculation.target;

import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * Chooses, over all sessions of one step, the waiting drafts that are worth their rows: those that
 * make output tokens per second largest.
 *
 * <p>A step that runs in any case has R rows and puts out N tokens, one per session that picks. A
 * draft that is reached with chance p (α for a session's first, α² for its second …) adds p tokens
 * and one row. Let T be the step time and λ what the engine puts out per second. Time is worth λ,
 * so the step had better
 *
 * <pre>
 *   maximise N + p₁ + … + pₙ − λ·(T(R + n) − S)   over n,  p₁ ≥ p₂ ≥ …,
 * </pre>
 *
 * that is, judge a draft iff p &gt; λ·c with c its marginal time: Dinkelbach's criterion for the
 * largest ratio of tokens to time (Management Science 13, 1967), of which following λ as it is
 * measured is the iteration. Every n is tried, so T need be neither convex nor smooth: a kernel
 * that computes rows in blocks makes the rest of a begun block free.
 *
 * <p>λ is the mean over some twenty steps, pauses between them included; but never less than what
 * this step makes without drafts, N / (T(R) − S), nor more than the best that it can reach, (N + p₁
 * + … + pₙ) / (T(R + n) − S), which by itself would make the criterion the ratio of this step
 * alone. S is the time that rows of prompts take: spent in any case, it is no measure of what this
 * step's time is worth. n = 0 is among the choices, so by its own clock the engine never does worse
 * than the target alone.
 *
 * <p>Use: {@link #begin}, {@link #always} and {@link #offer} once for each session, {@link
 * #settle}, {@link #granted}; {@link #ended} after the step. Not thread-safe; reusable.
 */
public final class DraftChoice {
  /** Below this chance the error of the estimates decides, not the draft. */
  private static final double UNLIKELY = 0.01;

  private static final double FORGET = 0.95;

  /** A longer pause than so many steps means that nobody was there. */
  private static final int LONGEST_PAUSE = 10;

  private final StepTimes times;
  private final PriorityQueue<Bid> bids =
      new PriorityQueue<>(
          (a, b) ->
              a.chance != b.chance
                  ? Double.compare(b.chance, a.chance)
                  : Integer.compare(a.index, b.index));
  private int[] granted = new int[16];
  private int offers;
  private int maxRows;
  private int rows;
  private int promptRows;
  private int tokens;
  private int chosenRows;
  private double chosenTokens;
  private double promptNanos;
  private double recentTokens;
  private double recentNanos;

  /** Prices rows by this curve. */
  public DraftChoice(StepTimes times) {
    this.times = times;
  }

  /**
   * Starts a new step.
   *
   * @param rowBudget rows of the step at most
   */
  public void begin(int rowBudget) {
    bids.clear();
    offers = 0;
    maxRows = rowBudget;
    rows = 0;
    promptRows = 0;
    tokens = 0;
  }

  /**
   * Rows that a session computes in any case.
   *
   * @param count of its known tokens that the cache does not hold yet; 0 if it gets no turn
   * @param picks whether the last of them picks a token
   */
  public void always(int count, boolean picks) {
    rows += count;
    promptRows += count - (picks ? 1 : 0);
    tokens += picks ? 1 : 0;
  }

  /**
   * A session's drafts.
   *
   * @param drafts that wait, at least 0
   * @param alpha chance that a draft is right when those before it are
   * @return where to look up what was {@link #granted}
   */
  public int offer(int drafts, double alpha) {
    if (offers == granted.length) {
      granted = Arrays.copyOf(granted, 2 * offers);
    }
    granted[offers] = 0;
    if (drafts > 0 && alpha >= UNLIKELY) {
      bids.add(new Bid(offers, drafts, alpha));
    }
    return offers++;
  }

  /** Decides. */
  public void settle() {
    int most = Math.max(0, maxRows - rows);
    double[] expected = new double[most + 1];
    double[] nanos = new double[most + 1];
    int[] order = new int[most];
    double spent = times.nanos(rows) - times.nanos(rows - promptRows);
    expected[0] = tokens;
    nanos[0] = times.nanos(rows) - spent;
    int count = 0;
    while (count < most && !bids.isEmpty()) {
      Bid bid = bids.remove();
      order[count++] = bid.index;
      expected[count] = expected[count - 1] + bid.chance;
      nanos[count] = times.nanos(rows + count) - spent;
      if (bid.next()) {
        bids.add(bid);
      }
    }
    int chosen = best(expected, nanos, count);
    chosenRows = rows + chosen;
    chosenTokens = expected[chosen];
    promptNanos = spent;
    for (int i = 0; i < chosen; i++) {
      granted[order[i]]++;
    }
  }

  private int best(double[] expected, double[] nanos, int count) {
    double lambda = recentNanos > 0 ? recentTokens / recentNanos : Double.MAX_VALUE;
    double ratio = 0;
    for (int n = 0; n <= count; n++) {
      ratio = Math.max(ratio, nanos[n] > 0 ? expected[n] / nanos[n] : 0);
    }
    double alone = nanos[0] > 0 ? expected[0] / nanos[0] : 0;
    lambda = Math.max(alone, Math.min(lambda, ratio));
    int best = 0;
    for (int n = 1; n <= count; n++) {
      double more = expected[n] - expected[best] - lambda * (nanos[n] - nanos[best]);
      // A gain of rounding errors is none.
      if (more > 1e-9) {
        best = n;
      }
    }
    return best;
  }

  /**
   * A step ended.
   *
   * @param output tokens of all its sessions
   * @param stepNanos its duration
   * @param sinceLast time since the step before it ended
   */
  public void ended(int output, long stepNanos, long sinceLast) {
    recentTokens = FORGET * recentTokens + output;
    recentNanos =
        FORGET * recentNanos + Math.max(stepNanos, Math.min(sinceLast, LONGEST_PAUSE * stepNanos));
  }

  /**
   * How many of a session's drafts to judge, the first ones.
   *
   * @param offer from {@link #offer}
   */
  public int granted(int offer) {
    return granted[offer];
  }

  /** Rows of the step that was settled on. */
  int chosenRows() {
    return chosenRows;
  }

  /** Tokens that it is expected to put out. */
  double chosenTokens() {
    return chosenTokens;
  }

  /** S, the part of its time that rows of prompts take. */
  double promptNanos() {
    return promptNanos;
  }

  /** λ, tokens per nanosecond over the last steps; 0 while unknown. */
  public double rate() {
    return recentNanos > 0 ? recentTokens / recentNanos : 0;
  }

  /** Expected duration of the step without drafts. */
  public double stepNanos() {
    return times.nanos(rows);
  }

  /** What the time of one more row is worth, in tokens: the mean over one row for each session. */
  public double tokensPerRow() {
    int more = Math.max(1, offers);
    double nanos = (times.nanos(rows + more) - times.nanos(rows)) / more;
    double alone = times.nanos(rows) > 0 ? tokens / times.nanos(rows) : 0;
    return nanos * Math.max(alone, rate());
  }

  /** A session's next draft. */
  private static final class Bid {
    final int index;
    final double alpha;
    int left;
    double chance;

    Bid(int index, int drafts, double alpha) {
      this.index = index;
      this.alpha = alpha;
      left = drafts;
      chance = alpha;
    }

    boolean next() {
      left--;
      chance *= alpha;
      return left > 0 && chance >= UNLIKELY;
    }
  }
}
