package dev.paceline.common.speculation.target;

import java.util.Arrays;

/**
 * Chooses how many tokens the server drafts itself for each session of the next step, so that the
 * step with its drafting puts out most tokens per second.
 *
 * <p>Draft steps run one after the other before the target's step, each over all sessions that
 * still want a token. With K draft steps and n_i ≤ K tokens for session i, α_i the chance that its
 * drafts are right, T(r) the target's step time and D(r) the draft's over r rows, a step of R rows
 * and N tokens becomes
 *
 * <pre>
 *   tokens  N + Σ_i Σ_{k ≤ n_i} α_i^k
 *   time    T(R + Σ_i n_i) − S + Σ_{k ≤ K} D(rows of draft step k)
 * </pre>
 *
 * As in {@link DraftChoice} time is worth λ tokens and what maximises tokens − λ·time is taken, λ
 * never less than what the step makes without drafting. Drafting nothing is among the choices, so
 * by the clock of the server drafting never makes it slower than the target alone. Candidates are
 * all K up to {@value #DEEPEST}, with n_i cut where a draft would be reached with less than each of
 * a few chances: every batch has a common depth, sessions with poor drafts drop out of it sooner.
 *
 * <p>Use: {@link #begin}, {@link #offer} for each session, {@link #settle}, {@link #granted}. Not
 * thread-safe; reusable.
 */
public final class ServerDraftChoice {
  private static final int DEEPEST = 16;

  /** Drafts of a step in the mean, over which the cost of one is taken. */
  private static final int TYPICAL = 4;

  private static final double[] LEAST_CHANCES = {0.02, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85};

  /** Part of a token that drafting must gain a step, so that errors of the clock do not decide. */
  private static final double LEAST_GAIN = 0.02;

  private final StepTimes target;
  private final StepTimes draft;
  private int[] room = new int[16];
  private int[] behind = new int[16];
  private double[] alpha = new double[16];
  private int[] granted = new int[16];
  private int offers;
  private int rows;
  private double tokens;
  private double promptNanos;
  private double rate;
  private int rowBudget;
  private double expected;
  private double nanos;

  /**
   * @param target time of the target's steps
   * @param draft time of the draft model's steps
   */
  public ServerDraftChoice(StepTimes target, StepTimes draft) {
    this.target = target;
    this.draft = draft;
  }

  /**
   * Starts with what the step does in any case.
   *
   * @param plan settled
   * @param mostRows of the target's step
   */
  public void begin(DraftChoice plan, int mostRows) {
    offers = 0;
    rows = plan.chosenRows();
    tokens = plan.chosenTokens();
    promptNanos = plan.promptNanos();
    rate = plan.rate();
    rowBudget = mostRows;
  }

  /**
   * A session that has no drafts.
   *
   * @param most drafts that it can use
   * @param chance that a draft is right when those before it are
   * @param draftBehind known tokens that the draft model has to compute first, at least 1
   * @return where to look up what was {@link #granted}
   */
  public int offer(int most, double chance, int draftBehind) {
    if (offers == room.length) {
      int size = 2 * offers;
      room = Arrays.copyOf(room, size);
      behind = Arrays.copyOf(behind, size);
      alpha = Arrays.copyOf(alpha, size);
      granted = Arrays.copyOf(granted, size);
    }
    room[offers] = Math.min(DEEPEST, most);
    alpha[offers] = Math.min(0.999, chance);
    behind[offers] = draftBehind;
    granted[offers] = 0;
    return offers++;
  }

  /** Decides. */
  public void settle() {
    Arrays.fill(granted, 0, offers, 0);
    if (offers == 0 || !target.known() || !draft.known()) {
      return;
    }
    double base = target.nanos(rows) - promptNanos;
    double alone = base > 0 ? tokens / base : 0;
    double best = alone;
    for (int depth = 1; depth <= DEEPEST; depth++) {
      for (double least : LEAST_CHANCES) {
        if (evaluate(depth, least)) {
          best = Math.max(best, expected / nanos);
        }
      }
    }
    double lambda = Math.max(alone, rate > 0 ? Math.min(rate, best) : best);
    double worth = tokens - lambda * base + LEAST_GAIN;
    int chosenDepth = 0;
    double chosenLeast = 1;
    for (int depth = 1; depth <= DEEPEST; depth++) {
      for (double least : LEAST_CHANCES) {
        if (evaluate(depth, least) && expected - lambda * nanos > worth) {
          worth = expected - lambda * nanos;
          chosenDepth = depth;
          chosenLeast = least;
        }
      }
    }
    for (int i = 0; i < offers; i++) {
      granted[i] = length(i, chosenDepth, chosenLeast);
    }
  }

  private int length(int i, int depth, double least) {
    int most = Math.min(room[i], depth);
    if (most <= 0 || alpha[i] < least) {
      return 0;
    }
    return Math.min(most, (int) (Math.log(least) / Math.log(alpha[i]) + 1e-9));
  }

  /** Tokens and time of one candidate; false if it does not fit or drafts nothing. */
  private boolean evaluate(int depth, double least) {
    int more = 0;
    int[] width = new int[depth + 1];
    expected = tokens;
    for (int i = 0; i < offers; i++) {
      int length = length(i, depth, least);
      if (length == 0) {
        continue;
      }
      more += length;
      width[1] += behind[i];
      double reached = alpha[i];
      expected += reached;
      for (int k = 2; k <= length; k++) {
        width[k]++;
        reached *= alpha[i];
        expected += reached;
      }
    }
    if (more == 0 || rows + more > rowBudget) {
      return false;
    }
    nanos = target.nanos(rows + more) - promptNanos;
    for (int k = 1; k <= depth; k++) {
      nanos += draft.nanos(width[k]);
    }
    return true;
  }

  /**
   * How many tokens to draft for a session.
   *
   * @param offer from {@link #offer}
   */
  public int granted(int offer) {
    return granted[offer];
  }

  /**
   * Nanoseconds that each further token which the server drafts for one session adds to the step,
   * the row that judges it included; 0 if it cannot be said.
   */
  public double tokenNanos() {
    if (!target.known() || !draft.known()) {
      return 0;
    }
    int least = Math.max(1, rows);
    return draft.nanos(1) + (target.nanos(least + TYPICAL) - target.nanos(least)) / TYPICAL;
  }

  /**
   * Whether it would pay to bring the draft model up to date with a session, once, for the rest of
   * its output.
   *
   * @param rowsBehind what it would have to compute
   * @param left output tokens that the session may still get
   */
  public boolean worthCatchingUp(int rowsBehind, int left, double chance) {
    if (!target.known() || !draft.known()) {
      return false;
    }
    double base = target.nanos(rows) - promptNanos;
    double lambda = Math.max(rate, base > 0 ? tokens / base : 0);
    double best = 0;
    double output = 1;
    double reached = 1;
    double sum = 0;
    for (int n = 1; n <= Math.min(DEEPEST, left); n++) {
      reached *= chance;
      sum += reached;
      double time = target.nanos(rows + n) - promptNanos - base + n * draft.nanos(1);
      if (sum - lambda * time > best) {
        best = sum - lambda * time;
        output = 1 + sum;
      }
    }
    return best > LEAST_GAIN && best * left / output > lambda * draft.nanos(rowsBehind);
  }
}
