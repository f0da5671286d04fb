package dev.paceline.target.engine;

import dev.paceline.common.speculation.target.DraftChoice;
import dev.paceline.common.speculation.target.StepGate;
import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.target.fair.FairQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans the rows of the next step: tells every session that wants it how much of its prompt it may
 * compute and how many of its drafts are worth their rows, and from time to time how many would be
 * if plenty waited; and decides whether the step waits for the drafts of sessions that hold. Engine
 * thread only.
 */
final class DraftDepths {
  /** Steps between two looks at what advice to give. */
  private static final int ADVISE_EVERY = 4;

  private final StepTimes times;
  private final EngineOptions options;
  private final DraftChoice choice;
  private final PromptTurns prompts;
  private final StepGate gate = new StepGate();
  private final List<EngineSession> ready = new ArrayList<>();
  private long steps;
  private long lastEnd;

  DraftDepths(StepTimes times, EngineOptions options) {
    this.times = times;
    this.options = options;
    choice = new DraftChoice(times);
    prompts = new PromptTurns(times, options);
  }

  /** Decides for the next step, over all sessions that want it. */
  void decide(FairQueue<EngineSession> queue) {
    ready.clear();
    queue.forEachActive(ready::add);
    prompts.allot(ready);
    if (steps++ % ADVISE_EVERY == 0) {
      settle(true);
      for (int i = 0; i < ready.size(); i++) {
        ready.get(i).machine.outlook().load(choice.granted(i), choice.tokensPerRow());
      }
    }
    settle(false);
    for (int i = 0; i < ready.size(); i++) {
      ready.get(i).machine.outlook().judgeAtMost(choice.granted(i));
    }
  }

  /**
   * How long the step that was decided on last had better wait; 0 for not at all, and then whoever
   * holds joins it.
   *
   * @param holding sessions that hold for a draft
   */
  long waitNanos(List<TargetSession> holding, long now) {
    if (holding.isEmpty()) {
      return 0;
    }
    long wait = gate.waitNanos(holding, choice.rate(), choice.stepNanos(), now);
    if (wait == 0) {
      holding.forEach(session -> session.join(now));
    }
    return wait;
  }

  /** Makes drafts of the server's own for the step that was decided on last. */
  void draft(ServerDrafter drafter) {
    drafter.draft(ready, choice);
  }

  private void settle(boolean plenty) {
    choice.begin(options.rowBudget());
    for (EngineSession session : ready) {
      int behind = session.machine.rowsBehind();
      int rows = behind > 1 ? session.promptRows : behind;
      boolean picks = behind == rows;
      int drafts = 0;
      if (picks && session.open.mode().drafts()) {
        drafts = plenty ? options.maxWindow() : session.machine.usableDrafts();
      }
      choice.always(rows, picks);
      choice.offer(drafts, session.machine.outlook().acceptance());
    }
    choice.settle();
  }

  /**
   * A step ended.
   *
   * @param output tokens of all its sessions
   */
  void ended(int rows, int output, long stepNanos, long now) {
    times.observed(rows, stepNanos);
    choice.ended(output, stepNanos, now - lastEnd);
    lastEnd = now;
  }
}
