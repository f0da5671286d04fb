package dev.paceline.common.speculation.target;

import dev.paceline.common.speculation.DecodeMode;
import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishReason;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.SpeculationStatistics;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.verification.Judgement;
import dev.paceline.common.verification.Picked;
import dev.paceline.common.verification.TargetView;
import dev.paceline.common.verification.VerificationMode;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of one stream. Events are method calls with the time; answers go to {@link
 * TargetActions}. Not thread-safe: one serial executor calls it, in the order of the stream's
 * frames.
 *
 * <p>Driving it: the transport creates it from the client's first frame and hands on {@link
 * #draft}, {@link #cancel} and {@link #disconnected}; the engine calls {@link #start} once it has a
 * cache slot, {@link #takeWork} when a session that said {@code workReady} has its turn, and {@link
 * #stepDone} with the picks of that work; a timer calls {@link #tick}. Events after the end are
 * ignored, so they may race with it.
 *
 * <p>Drafts may arrive before {@code start} and during a step; they are compared or wait.
 */
public final class TargetSession {
  private final OpenFrame open;
  private final SessionLimits limits;
  private final String modelId;
  private final TargetActions actions;
  private final TokenSequence known;
  private final PendingDrafts pending;
  private final ServerDrafts own;
  private final DraftOutlook outlook;
  private final HoldRule hold;
  private final SpeculationStatistics statistics = new SpeculationStatistics();
  private final OutputEnd end;
  private final RowPlanner planner;
  private final RunJudge judge;
  private final OutputWriter writer;
  private final @Nullable PearlRounds pearl;
  private final StateKeeper state;
  private int computed;
  private boolean decodeOne;

  /**
   * @param open a request that {@code dev.paceline.common.wire} has checked against the limits: at
   *     least one prompt id, prompt and resumed output within the context
   * @param modelId the model that serves it
   */
  public TargetSession(
      OpenFrame open, SessionLimits limits, String modelId, TargetActions actions) {
    this.open = open;
    this.limits = limits;
    this.modelId = modelId;
    this.actions = actions;
    known = new TokenSequence(open.prompt(), open.resume());
    int window = open.mode().drafts() ? limits.maxWindow() : 0;
    pending = new PendingDrafts(known, window);
    own = new ServerDrafts(open.mode() == DecodeMode.COLOCATED);
    outlook = new DraftOutlook(window);
    hold = outlook.hold();
    end = new OutputEnd(open, limits);
    planner = new RowPlanner(open.mode(), known, pending, own, end);
    judge = new RunJudge(known, pending, open.verification());
    writer = new OutputWriter(open, known, pending, own, outlook, end, statistics, actions);
    pearl = open.mode() == DecodeMode.PEARL ? new PearlRounds(known, pending, end) : null;
    state = new StateKeeper(actions, hold);
  }

  /**
   * The session has a cache slot.
   *
   * @param cachedPrefix known positions whose keys and values the slot already holds
   */
  public void start(int cachedPrefix, long now) {
    if (!(state.now() instanceof TargetState.Queued)) {
      return;
    }
    computed = Math.max(0, Math.min(cachedPrefix, known.length() - 1));
    actions.sendOpened(
        new OpenedFrame(pending.epoch(), computed, limits, modelId, open.sessionId()));
    hold.arrivals().chainOpened(now);
    FinishReason reason = end.reached(known);
    if (reason != null) {
      finish(reason, false, now, "resumed at its end");
    } else {
      decide(now, "started");
    }
  }

  /** A draft frame arrived. */
  public void draft(DraftFrame frame, long now) {
    if (state.over()) {
      return;
    }
    if (!open.mode().drafts()) {
      statistics.addStale(frame.ids().length);
      return;
    }
    own.handOver(open.mode() == DecodeMode.STREAM && frame.ids().length == 0);
    int epoch = pending.epoch();
    int waiting = pending.count();
    statistics.addStale(pending.offer(frame));
    if (frame.epoch() == epoch && pending.epoch() > epoch) {
      outlook.compared(1, 0);
      hold.arrivals().chainOpened(now);
    } else if (pending.epoch() > epoch) {
      waiting = 0;
    }
    if (pending.count() > waiting) {
      hold.useful(pending.count() - waiting, now);
    }
    if (pearl != null) {
      computed = pearl.reconcile(computed, state.stepping(), pending.epoch() > epoch);
    }
    int next = known.length() + (pearl == null ? 0 : pending.count());
    if (frame.ids().length == 0 && frame.epoch() == pending.epoch() && frame.position() == next) {
      wantsNoDraft();
    }
    if (!(state.now() instanceof TargetState.Queued || state.stepping())) {
      decide(now, "draft");
    }
  }

  private void wantsNoDraft() {
    if (pearl == null) {
      decodeOne = true;
    } else {
      pearl.noMoreDrafts();
    }
  }

  /**
   * Known tokens whose keys and values the cache does not hold: rows of the next step, at least.
   */
  public int rowsBehind() {
    return Math.max(1, known.length() - computed);
  }

  /** Drafts that wait and that the output has room for; each judged one is a row more. */
  public int usableDrafts() {
    return Math.max(0, Math.min(pending.count(), end.usableDrafts(known.length())));
  }

  /** What is known of drafts that the server makes itself. */
  public ServerDrafts serverDrafts() {
    return own;
  }

  /**
   * How many tokens the server could draft for the step that this session wants; 0 if it wants
   * none, or has drafts already, or a prompt to compute first.
   */
  public int serverDraftRoom() {
    boolean alone =
        state.now() instanceof TargetState.Ready
            && rowsBehind() == 1
            && pending.count() + own.count() == 0;
    return alone
            && own.wanted()
            && (open.mode() == DecodeMode.STREAM || open.mode() == DecodeMode.COLOCATED)
            && open.verification() == VerificationMode.COUPLED
        ? Math.max(0, end.usableDrafts(known.length()))
        : 0;
  }

  /** Takes drafts of the server's own for the first unknown positions; they wait for a step. */
  public void draftedByServer(int[] ids) {
    own.add(ids);
  }

  /** Prompt and output so far; the caller must not change it. */
  public TokenSequence known() {
    return known;
  }

  /** What is expected of the client's drafts; the engine tells it what the load allows. */
  public DraftOutlook outlook() {
    return outlook;
  }

  /** Whether it waits for a draft instead of decoding alone. */
  public boolean holds() {
    return state.now() instanceof TargetState.Holding;
  }

  /** Nanoseconds within which the draft that it holds for may well have come. */
  double holdNanos(long now) {
    return holds()
        ? outlook.holdNanos((TargetState.Holding) state.now(), now)
        : Double.POSITIVE_INFINITY;
  }

  /** A step starts without waiting for the draft: the session had better take part. */
  public void join(long now) {
    if (holds()) {
      state.ready(WorkKind.SELF_ADVANCE, now, "a step starts");
    }
  }

  /**
   * The engine has a turn for this session.
   *
   * @param maxRows rows that the step has room for, at least 1
   * @return null when the session wants no step now
   */
  public @Nullable Work takeWork(int maxRows, long now) {
    if (!(state.now() instanceof TargetState.Ready)) {
      return null;
    }
    if (maxRows < 1) {
      throw new IllegalArgumentException("room for " + maxRows + " rows; a step has at least 1");
    }
    WorkKind kind = ((TargetState.Ready) state.now()).kind;
    Work work =
        pearl == null
            ? planner.plan(kind, computed, decodeOne, maxRows, outlook.most())
            : pearl.plan(kind, computed, maxRows);
    judge.begin();
    state.transition(new TargetState.Stepping(work), now, "has its turn");
    return work;
  }

  /**
   * As {@link #stepDone(TargetView, long, long, long)}, in {@code COUPLED} verification.
   *
   * @param picks one id for each picking row
   */
  public void stepDone(int[] picks, long stepNanos, long queueNanos, long now) {
    stepDone(new Picked(picks), stepNanos, queueNanos, now);
  }

  /**
   * The step of the work that was taken last has ended.
   *
   * @param view what it says about the place after each picking row
   * @param stepNanos duration of the step
   * @param queueNanos time between {@code workReady} and the start of the step
   */
  public void stepDone(TargetView view, long stepNanos, long queueNanos, long now) {
    if (state.now() instanceof TargetState.Closing) {
      end(now, "step ended");
      return;
    }
    Work work = state.work();
    if (view.places() != work.picks()) {
      throw new IllegalArgumentException(work + " has other than " + view.places() + " picks");
    }
    if (pearl != null) {
      computed = pearl.passed(work, view, stepNanos, queueNanos);
      decide(now, "pass");
      return;
    }
    computed = work.start() + work.tokens().length;
    if (work.picks() == 0) {
      decide(now, "prefill chunk");
    } else {
      Judgement judgement = judge.judge(work, view);
      judged(judge.judged(), work.serverDrafted(), judgement, stepNanos, queueNanos, now);
    }
  }

  private void judged(
      int drafts, boolean server, Judgement judgement, long stepNanos, long queueNanos, long now) {
    FinishReason reason = writer.write(drafts, server, judgement, stepNanos, queueNanos, now);
    decodeOne = false;
    computed = Math.min(computed, known.length() - 1);
    if (pearl != null) {
      pearl.next();
    }
    if (reason != null) {
      finish(reason, false, now, "output ended");
    } else {
      decide(now, "verdict");
    }
  }

  /** The time asked for by {@link TargetActions#wakeAt} has come; harmless at other times. */
  public void tick(long now) {
    if (state.now() instanceof TargetState.Holding
        && now >= ((TargetState.Holding) state.now()).until) {
      hold.inVain();
      decide(now, "held in vain");
    }
  }

  /** The client wants no more. */
  public void cancel(long now) {
    if (!state.over()) {
      finish(FinishReason.CANCELLED, state.stepping(), now, "cancelled");
    }
  }

  /** The stream is gone, or the server gives the session up: nothing more is sent. */
  public void disconnected(long now) {
    if (!state.over()) {
      close(state.stepping(), now, "disconnected");
    }
  }

  /** The epoch that drafts must carry, for traces and tests. */
  public int epoch() {
    return pending.epoch();
  }

  /** Drafts that wait for their verdict. */
  public int pendingDrafts() {
    return pending.count();
  }

  /** What was counted so far. */
  public SpeculationStatistics statistics() {
    return statistics;
  }

  /** What to do when no step runs. */
  private void decide(long now, String reason) {
    if (pearl != null) {
      decideRound(pearl, now, reason);
    } else if (known.length() - computed > 1) {
      state.ready(WorkKind.PREFILL, now, reason);
    } else if (pending.count() > 0) {
      state.ready(WorkKind.VERIFY, now, reason);
    } else if (!open.mode().drafts() || decodeOne || own.handedOver()) {
      state.ready(WorkKind.SELF_ADVANCE, now, reason);
    } else if (open.mode() == DecodeMode.SYNC) {
      state.transition(new TargetState.Waiting(), now, reason);
    } else {
      long until = state.now() instanceof TargetState.Ready ? now : hold.until(now);
      if (until > now) {
        state.hold(until, now, reason);
      } else {
        state.ready(WorkKind.SELF_ADVANCE, now, reason);
      }
    }
  }

  /** Nothing happens out of turn: the pass, then the block, then the verdict. */
  private void decideRound(PearlRounds rounds, long now, String reason) {
    if (rounds.needsRows(computed)) {
      state.ready(known.length() - computed > 1 ? WorkKind.PREFILL : WorkKind.VERIFY, now, reason);
    } else if (rounds.blockArrived()) {
      Judgement verdict = rounds.judge();
      judged(rounds.judged(), false, verdict, rounds.stepNanos(), rounds.queueNanos(), now);
    } else if (!(state.now() instanceof TargetState.Waiting)) {
      state.transition(new TargetState.Waiting(), now, reason);
    }
  }

  private void finish(FinishReason reason, boolean stepRuns, long now, String why) {
    int prompt = open.prompt().length;
    actions.sendFinished(
        new FinishedFrame(reason, prompt, known.length() - prompt, statistics.snapshot()));
    close(stepRuns, now, why);
  }

  private void close(boolean stepRuns, long now, String why) {
    if (stepRuns) {
      state.transition(new TargetState.Closing(), now, why);
    } else {
      end(now, why);
    }
  }

  private void end(long now, String why) {
    state.transition(new TargetState.Ended(), now, why);
    actions.release(known.toArray(), Math.min(computed, known.length()));
  }
}
