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
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.verification.CoupledRule;
import dev.paceline.common.verification.Judgement;
import java.util.Arrays;
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
  private final Acceptance acceptance = new Acceptance();
  private final HoldRule hold = new HoldRule(acceptance);
  private final SpeculationStatistics statistics = new SpeculationStatistics();
  private final OutputEnd end;
  private TargetState state = new TargetState.Queued();
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
    pending = new PendingDrafts(known, open.mode().drafts() ? limits.maxWindow() : 0);
    end = new OutputEnd(open, limits);
  }

  /**
   * The session has a cache slot.
   *
   * @param cachedPrefix known positions whose keys and values the slot already holds
   */
  public void start(int cachedPrefix, long now) {
    if (!(state instanceof TargetState.Queued)) {
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
    if (over()) {
      return;
    }
    if (!open.mode().drafts()) {
      statistics.addStale(frame.ids().length);
      return;
    }
    int epoch = pending.epoch();
    int waiting = pending.count();
    statistics.addStale(pending.offer(frame));
    if (frame.epoch() == epoch && pending.epoch() > epoch) {
      acceptance.judged(1, 0);
      hold.arrivals().chainOpened(now);
    } else if (pending.epoch() > epoch) {
      waiting = 0;
    }
    if (pending.count() > waiting) {
      hold.useful(pending.count() - waiting, now);
    }
    if (frame.ids().length == 0
        && frame.epoch() == pending.epoch()
        && frame.position() == known.length()) {
      decodeOne = true;
    }
    if (!(state instanceof TargetState.Queued || state instanceof TargetState.Stepping)) {
      decide(now, "draft");
    }
  }

  /**
   * The engine has a turn for this session.
   *
   * @param maxRows rows that the step has room for, at least 1
   * @return null when the session wants no step now
   */
  public @Nullable Work takeWork(int maxRows, long now) {
    if (!(state instanceof TargetState.Ready)) {
      return null;
    }
    if (maxRows < 1) {
      throw new IllegalArgumentException("room for " + maxRows + " rows; a step has at least 1");
    }
    Work work = plan(((TargetState.Ready) state).kind, maxRows);
    transition(new TargetState.Stepping(work), now, "has its turn");
    return work;
  }

  /**
   * The step of the work that was taken last has ended, in {@code COUPLED} verification.
   *
   * @param picks one id for each picking row
   * @param stepNanos duration of the step
   * @param queueNanos time between {@code workReady} and the start of the step
   */
  public void stepDone(int[] picks, long stepNanos, long queueNanos, long now) {
    if (state instanceof TargetState.Closing) {
      end(now, "step ended");
      return;
    }
    Work work = stepping();
    if (picks.length != work.picks()) {
      throw new IllegalArgumentException(work + " has other than " + picks.length + " picks");
    }
    if (picks.length == 0) {
      prefilled(work, now);
    } else {
      judged(work, CoupledRule.judge(work.drafts(), picks), stepNanos, queueNanos, now);
    }
  }

  /** As {@link #stepDone}, for work whose drafts another rule has judged already. */
  public void stepJudged(Judgement judgement, long stepNanos, long queueNanos, long now) {
    if (state instanceof TargetState.Closing) {
      end(now, "step ended");
      return;
    }
    Work work = stepping();
    if (judgement.accepted() >= work.picks()) {
      throw new IllegalArgumentException(work + " has not " + judgement.accepted() + " drafts");
    }
    judged(work, judgement, stepNanos, queueNanos, now);
  }

  private Work stepping() {
    if (!(state instanceof TargetState.Stepping)) {
      throw new IllegalStateException("no step runs: the session is " + state.name());
    }
    return ((TargetState.Stepping) state).work;
  }

  private void prefilled(Work work, long now) {
    computed = work.start() + work.tokens().length;
    decide(now, "prefill chunk");
  }

  private void judged(Work work, Judgement judgement, long stepNanos, long queueNanos, long now) {
    int first = known.length();
    int epoch = pending.epoch();
    int judged = work.picks() - 1;
    FinishReason reason = null;
    for (int id : judgement.output()) {
      statistics.addStale(pending.commit(id));
      reason = end.reached(known);
      if (reason != null) {
        break;
      }
    }
    decodeOne = false;
    int[] output = known.copy(first, known.length());
    int accepted = Math.min(judgement.accepted(), output.length);
    computed = Math.min(work.start() + work.tokens().length, known.length() - 1);
    statistics.addStep(judged, accepted);
    acceptance.judged(judged, judgement.accepted());
    hold.stepped(stepNanos, output.length, accepted, now);
    if (pending.epoch() > epoch) {
      hold.arrivals().chainOpened(now);
    }
    actions.sendVerdict(
        new VerdictFrame(
            pending.epoch(), first, accepted, judged, output, stepNanos, queueNanos, 0));
    if (reason != null) {
      finish(reason, false, now, "output ended");
    } else {
      decide(now, "verdict");
    }
  }

  /** The time asked for by {@link TargetActions#wakeAt} has come; harmless at other times. */
  public void tick(long now) {
    if (state instanceof TargetState.Holding && now >= ((TargetState.Holding) state).until) {
      hold.inVain();
      decide(now, "held in vain");
    }
  }

  /** The client wants no more. */
  public void cancel(long now) {
    if (!over()) {
      finish(FinishReason.CANCELLED, state instanceof TargetState.Stepping, now, "cancelled");
    }
  }

  /** The stream is gone, or the server gives the session up: nothing more is sent. */
  public void disconnected(long now) {
    if (!over()) {
      close(state instanceof TargetState.Stepping, now, "disconnected");
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

  private boolean over() {
    return state instanceof TargetState.Closing || state instanceof TargetState.Ended;
  }

  private Work plan(WorkKind kind, int maxRows) {
    int length = known.length();
    // A block of SYNC is judged with the last known token; until it is there that token waits.
    boolean picks = open.mode() != DecodeMode.SYNC || pending.count() > 0 || decodeOne;
    int prefix = picks ? length : length - 1;
    if (prefix - computed > maxRows || !picks) {
      int rows = Math.min(maxRows, prefix - computed);
      return new Work(kind, computed, known.copy(computed, computed + rows), 0);
    }
    int behind = length - computed;
    int drafts = Math.min(pending.count(), maxRows - behind);
    drafts = acceptance.depth(Math.min(drafts, end.usableDrafts(length)));
    int[] rows = Arrays.copyOf(known.copy(computed, length), behind + drafts);
    for (int i = 0; i < drafts; i++) {
      rows[behind + i] = pending.get(i);
    }
    return new Work(kind, computed, rows, drafts + 1);
  }

  /** What to do when no step runs. */
  private void decide(long now, String reason) {
    if (known.length() - computed > 1) {
      ready(WorkKind.PREFILL, now, reason);
    } else if (pending.count() > 0) {
      ready(WorkKind.VERIFY, now, reason);
    } else if (open.mode() == DecodeMode.SERVER_ONLY || decodeOne) {
      ready(WorkKind.SELF_ADVANCE, now, reason);
    } else if (open.mode() == DecodeMode.SYNC) {
      transition(new TargetState.Waiting(), now, reason);
    } else {
      long until = state instanceof TargetState.Ready ? now : hold.until(now);
      if (until > now) {
        transition(new TargetState.Holding(now, until), now, reason);
        actions.wakeAt(until);
      } else {
        ready(WorkKind.SELF_ADVANCE, now, reason);
      }
    }
  }

  private void ready(WorkKind kind, long now, String reason) {
    if (state instanceof TargetState.Ready && ((TargetState.Ready) state).kind == kind) {
      return;
    }
    transition(new TargetState.Ready(kind), now, reason);
    actions.workReady(kind);
  }

  private void finish(FinishReason reason, boolean stepRuns, long now, String why) {
    int prompt = open.prompt().length;
    actions.sendFinished(
        new FinishedFrame(reason, prompt, known.length() - prompt, statistics.snapshot()));
    close(stepRuns, now, why);
  }

  private void close(boolean stepRuns, long now, String why) {
    if (stepRuns) {
      transition(new TargetState.Closing(), now, why);
    } else {
      end(now, why);
    }
  }

  private void end(long now, String why) {
    transition(new TargetState.Ended(), now, why);
    actions.release(known.toArray(), computed);
  }

  /**
   * The only place where the state changes.
   *
   * <pre>
   * from      to         when
   * queued    ready      a slot was given; rows wait to be computed
   * queued    ended      resumed at its end; cancelled; disconnected
   * ready     ready      the kind of work changed
   * ready     stepping   the engine took the work
   * ready     waiting    its block was withdrawn by a newer epoch, SYNC
   * ready     ended      cancelled; disconnected
   * holding   ready      a draft came; held in vain
   * holding   holding    a frame came that brought no draft
   * holding   ended      cancelled; disconnected
   * waiting   ready      a block came, or the wish for one token
   * waiting   ended      cancelled; disconnected
   * stepping  ready      the step ended; more to do
   * stepping  holding    the step ended; a draft is expected
   * stepping  waiting    the step ended; SYNC
   * stepping  ended      the step ended the output
   * stepping  closing    cancelled; disconnected
   * closing   ended      the step ended
   * </pre>
   */
  private void transition(TargetState next, long now, String reason) {
    TargetState from = state;
    if (from instanceof TargetState.Holding) {
      hold.held(now - ((TargetState.Holding) from).since);
    }
    state = next;
    actions.transition(from, next, reason);
    if (from instanceof TargetState.Ready
        && !(next instanceof TargetState.Ready || next instanceof TargetState.Stepping)) {
      actions.workWithdrawn();
    }
  }
}
