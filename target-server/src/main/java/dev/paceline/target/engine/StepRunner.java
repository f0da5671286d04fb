package dev.paceline.target.engine;

import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import dev.paceline.target.fair.FairQueue;
import dev.paceline.target.fair.StepPlan;
import dev.paceline.target.fair.StepShare;
import dev.paceline.target.metrics.ServerMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans one step over the sessions that want one, runs it, charges it to those it served and gives
 * each its picks. Engine thread only.
 */
final class StepRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StepRunner.class);

  private final LanguageModel model;
  private final EngineOptions options;
  private final FairQueue<EngineSession> queue;
  private final SlotQueue slots;
  private final Sleepers sleepers;
  private final ServerMetrics metrics;
  private final LongSupplier clock;
  private final DraftDepths depths;
  private final @Nullable ServerDrafter drafter;

  /**
   * @param drafter makes drafts of the server's own; null for none
   */
  StepRunner(
      LanguageModel model,
      @Nullable ServerDrafter drafter,
      EngineOptions options,
      FairQueue<EngineSession> queue,
      SlotQueue slots,
      Sleepers sleepers,
      ServerMetrics metrics,
      StepTimes times,
      LongSupplier clock) {
    this.model = model;
    this.drafter = drafter;
    this.options = options;
    this.queue = queue;
    this.slots = slots;
    this.sleepers = sleepers;
    this.metrics = metrics;
    this.clock = clock;
    depths = new DraftDepths(times, options);
  }

  /**
   * Runs one step if anybody wants one and it need not wait for a draft.
   *
   * @return 0 after a step, otherwise nanoseconds after which to ask again at the latest
   */
  long step() {
    if (queue.activeCount() == 0) {
      return Long.MAX_VALUE;
    }
    depths.decide(queue);
    List<TargetSession> holding = sleepers.holding();
    long wait = depths.waitNanos(holding, clock.getAsLong());
    if (wait > 0) {
      return wait;
    }
    if (!holding.isEmpty()) {
      depths.decide(queue);
    }
    if (drafter != null) {
      depths.draft(drafter);
    }
    long planned = clock.getAsLong();
    StepPlan<EngineSession> plan =
        queue.pick(
            options.rowBudget(),
            model.info().slots(),
            StepRunner::urgent,
            (session, room) -> take(session, room, planned));
    queue.forEachActive(session -> session.yielded = session.wantsStep);
    if (plan.isEmpty()) {
      return Long.MAX_VALUE;
    }
    List<Segment> segments = segments(plan);
    long started = clock.getAsLong();
    StepResult result;
    try {
      result = model.step(segments);
    } catch (RuntimeException e) {
      LOG.error("a step over {} sessions failed", segments.size(), e);
      fail(plan, e);
      return 0;
    }
    long ended = clock.getAsLong();
    long nanos = ended - started;
    queue.charge(plan, nanos * 1e-9);
    if (drafter != null) {
      drafter.charge(queue);
    }
    metrics.step(plan.rows(), nanos);
    int output = 0;
    for (int i = 0; i < plan.shares().size(); i++) {
      EngineSession session = plan.shares().get(i).session();
      session.work = null;
      int before = session.meter.output();
      session.machine.stepDone(
          session.view(result.segment(i)), nanos, started - session.readySince, clock.getAsLong());
      if (!session.wantsStep && !session.ended) {
        queue.deactivate(session);
      }
      output += session.meter.output() - before;
    }
    depths.ended(plan.rows(), output, nanos, ended);
    return 0;
  }

  private static List<Segment> segments(StepPlan<EngineSession> plan) {
    List<Segment> segments = new ArrayList<>(plan.shares().size());
    for (StepShare<EngineSession> share : plan.shares()) {
      EngineSession session = share.session();
      Work work = session.work;
      if (work == null) {
        throw new IllegalStateException("session " + session + " was planned without work");
      }
      segments.add(
          new Segment(
              session.slot,
              work.start(),
              work.tokens(),
              work.picks(),
              session.open.sampling(),
              session.judgesByDistribution()));
    }
    return segments;
  }

  /**
   * Whether a session does not wait for a later step when this one cannot take everybody. One that
   * decodes alone although its client drafts does, but not twice in a row.
   */
  private static boolean urgent(EngineSession session) {
    return session.yielded
        || session.kind != WorkKind.SELF_ADVANCE
        || !session.open.mode().drafts();
  }

  private int take(EngineSession session, int room, long now) {
    int most = Math.min(room, options.prefillChunk());
    if (session.machine.rowsBehind() > 1) {
      most = Math.min(most, session.promptRows);
      if (most == 0) {
        return 0;
      }
    }
    Work work = session.machine.takeWork(most, now);
    session.work = work;
    session.wantsStep = false;
    if (work == null) {
      return 0;
    }
    session.meter.step(session.knownLength(), session.cached, now);
    return work.tokens().length;
  }

  private void fail(StepPlan<EngineSession> plan, RuntimeException e) {
    for (StepShare<EngineSession> share : plan.shares()) {
      EngineSession session = share.session();
      session.fail("the step of this session failed: " + e.getMessage());
      slots.truncate(session);
      session.machine.disconnected(clock.getAsLong());
      session.machine.stepDone(new int[0], 0, 0, clock.getAsLong());
    }
  }
}
