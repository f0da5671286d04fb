package dev.paceline.common.speculation.target;

/**
 * The state of a {@link TargetSession} and its place in the run queue: every change of either goes
 * through here.
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
 * waiting   ready      a block came, or the wish for one token; its verdict was given, PEARL
 * waiting   ended      cancelled; disconnected; the verdict ended the output, PEARL
 * stepping  ready      the step ended; more to do
 * stepping  holding    the step ended; a draft is expected
 * stepping  waiting    the step ended; SYNC, or PEARL without its block
 * stepping  ended      the step ended the output
 * stepping  closing    cancelled; disconnected
 * closing   ended      the step ended
 * </pre>
 */
final class StateKeeper {
  private final TargetActions actions;
  private final HoldRule hold;
  private TargetState state = new TargetState.Queued();

  StateKeeper(TargetActions actions, HoldRule hold) {
    this.actions = actions;
    this.hold = hold;
  }

  TargetState now() {
    return state;
  }

  /** Whether the client gets nothing more. */
  boolean over() {
    return state instanceof TargetState.Closing || state instanceof TargetState.Ended;
  }

  /** Whether a step of the session runs. */
  boolean stepping() {
    return state instanceof TargetState.Stepping;
  }

  /**
   * The work of the step that runs.
   *
   * @throws IllegalStateException if none does
   */
  Work work() {
    if (!stepping()) {
      throw new IllegalStateException("no step runs: the session is " + state.name());
    }
    return ((TargetState.Stepping) state).work;
  }

  /** Asks for a step of that kind, unless it is asked for already. */
  void ready(WorkKind kind, long now, String reason) {
    if (state instanceof TargetState.Ready && ((TargetState.Ready) state).kind == kind) {
      return;
    }
    transition(new TargetState.Ready(kind), now, reason);
    actions.workReady(kind);
  }

  /** Holds for a draft. */
  void hold(long until, long now, String reason) {
    transition(new TargetState.Holding(now, until), now, reason);
    actions.wakeAt(until);
  }

  /** The only place where the state changes. */
  void transition(TargetState next, long now, String reason) {
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
