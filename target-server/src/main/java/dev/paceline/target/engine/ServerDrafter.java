package dev.paceline.target.engine;

import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.speculation.target.DraftChoice;
import dev.paceline.common.speculation.target.ServerDraftChoice;
import dev.paceline.common.speculation.target.ServerDrafts;
import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.common.verification.VerificationMode;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import dev.paceline.target.fair.FairQueue;
import dev.paceline.target.metrics.ServerMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drafts on the server's own device, with a draft model whose slot i goes with the target's slot i.
 * Before a step of the target it makes drafts for the sessions that have none and want some, as
 * many as pay by the measured step times of both models, over all of those sessions at once. Engine
 * thread only.
 *
 * <p>A session whose text the draft model has not seen yet is caught up with a chunk at a time, and
 * only when the rest of its output is expected to earn that back.
 */
final class ServerDrafter {
  private static final Logger LOG = LoggerFactory.getLogger(ServerDrafter.class);

  /** Rows that a session may be behind and still get drafts at once. */
  private static final int NEAR = 4;

  private final LanguageModel model;
  private final EngineOptions options;
  private final ServerMetrics metrics;
  private final LongSupplier clock;
  private final StepTimes times;
  private final ServerDraftChoice choice;
  private final DraftSlot[] slots;
  private final List<Chain> chains = new ArrayList<>();
  private boolean broken;

  /**
   * @param model has as many slots as the target; not closed from here
   * @param target time of the target's steps
   * @param times of this model's steps, calibrated
   */
  ServerDrafter(
      LanguageModel model,
      EngineOptions options,
      StepTimes target,
      StepTimes times,
      ServerMetrics metrics,
      LongSupplier clock) {
    this.model = model;
    this.options = options;
    this.metrics = metrics;
    this.clock = clock;
    this.times = times;
    choice = new ServerDraftChoice(target, times);
    slots = new DraftSlot[model.info().slots()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new DraftSlot();
    }
  }

  /** One session that gets drafts now. */
  private static final class Chain {
    final EngineSession session;
    final DraftSlot slot;
    final int behind;
    final int offer;
    final List<Integer> ids = new ArrayList<>();
    int length;
    double nanos;

    Chain(EngineSession session, DraftSlot slot, int behind, int offer) {
      this.session = session;
      this.slot = slot;
      this.behind = behind;
      this.offer = offer;
    }
  }

  /**
   * Makes drafts for the step that was planned.
   *
   * @param ready the sessions that want it
   * @param plan settled
   */
  void draft(List<EngineSession> ready, DraftChoice plan) {
    if (broken) {
      return;
    }
    try {
      choose(ready, plan);
      run();
    } catch (RuntimeException e) {
      // Drafts are a convenience: sessions go on without.
      broken = true;
      LOG.error("the draft model of the server failed; it drafts no more", e);
    }
  }

  /** Charges the drafting since the last call to the sessions that it was for. */
  void charge(FairQueue<EngineSession> queue) {
    for (Chain chain : chains) {
      queue.charge(chain.session, chain.nanos * 1e-9);
    }
    chains.clear();
  }

  private void choose(List<EngineSession> ready, DraftChoice plan) {
    chains.clear();
    choice.begin(plan, options.rowBudget());
    @Nullable EngineSession late = null;
    for (EngineSession session : ready) {
      if (session.open.verification() == VerificationMode.COUPLED) {
        session.machine.outlook().ownDraft(choice.tokenNanos());
      }
      int room = room(session);
      if (room <= 0) {
        continue;
      }
      DraftSlot slot = slots[session.slot];
      int behind = slot.behind(session);
      ServerDrafts drafts = session.machine.serverDrafts();
      if (behind <= NEAR) {
        chains.add(
            new Chain(session, slot, behind, choice.offer(room, drafts.acceptance(), behind)));
      } else if (late == null
          && (drafts.worthATry() || choice.worthCatchingUp(behind, room, drafts.acceptance()))) {
        late = session;
      }
    }
    choice.settle();
    for (Chain chain : chains) {
      boolean probe = chain.session.machine.serverDrafts().worthATry();
      chain.length = Math.max(choice.granted(chain.offer), probe ? 1 : 0);
    }
    chains.removeIf(chain -> chain.length == 0);
    if (late != null) {
      catchUp(late);
    }
  }

  /** Drafts that a session can use and that fit the draft model's context. */
  private int room(EngineSession session) {
    int fits = model.info().contextLength() - session.machine.known().length();
    return Math.min(fits, session.machine.serverDraftRoom());
  }

  private void catchUp(EngineSession session) {
    DraftSlot slot = slots[session.slot];
    TokenSequence known = session.machine.known();
    int rows = Math.min(options.prefillChunk(), slot.behind(session) - 1);
    int start = slot.length();
    int[] tokens = known.copy(start, start + rows);
    step(List.of(Segment.prefill(session.slot, start, tokens)), rows);
    slot.computed(tokens);
  }

  private void run() {
    List<Chain> open = new ArrayList<>(chains);
    for (boolean first = true; !open.isEmpty(); first = false) {
      List<Segment> segments = new ArrayList<>(open.size());
      List<int[]> inputs = new ArrayList<>(open.size());
      int rows = 0;
      for (Chain chain : open) {
        EngineSession session = chain.session;
        int start = chain.slot.length();
        TokenSequence known = session.machine.known();
        int[] tokens =
            first
                ? known.copy(start, start + chain.behind)
                : new int[] {chain.ids.get(chain.ids.size() - 1)};
        segments.add(new Segment(session.slot, start, tokens, 1, session.open.sampling()));
        inputs.add(tokens);
        rows += tokens.length;
      }
      long start = clock.getAsLong();
      StepResult result = step(segments, rows);
      double perRow = (double) (clock.getAsLong() - start) / rows;
      for (int i = 0; i < open.size(); i++) {
        open.get(i).nanos += perRow * inputs.get(i).length;
        open.get(i).slot.computed(inputs.get(i));
        open.get(i).ids.add(result.segment(i).tokens()[0]);
      }
      open.removeIf(chain -> chain.ids.size() >= chain.length);
    }
    for (Chain chain : chains) {
      chain.session.machine.draftedByServer(
          chain.ids.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  private StepResult step(List<Segment> segments, int rows) {
    long start = clock.getAsLong();
    StepResult result = model.step(segments);
    long nanos = clock.getAsLong() - start;
    times.observed(rows, nanos);
    metrics.draftStep(nanos);
    return result;
  }
}
