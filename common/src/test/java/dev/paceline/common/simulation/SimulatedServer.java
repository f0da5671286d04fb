package dev.paceline.common.simulation;

import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.target.DraftChoice;
import dev.paceline.common.speculation.target.ServerDraftChoice;
import dev.paceline.common.speculation.target.ServerDrafts;
import dev.paceline.common.speculation.target.StepGate;
import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A server with one device that steps many sessions at once. */
final class SimulatedServer {
  final VirtualTime time;
  final SyntheticPair pair;
  final SessionLimits limits;
  private final DeviceProfile device;
  private final Set<ServedSession> sessions = new LinkedHashSet<>();
  private final ArrayDeque<ServedSession> wantSlot = new ArrayDeque<>();
  private final ArrayDeque<ServedSession> runQueue = new ArrayDeque<>();
  private final ArrayDeque<SyntheticCache> freeSlots = new ArrayDeque<>();
  private final List<String> complaints = new ArrayList<>();
  private final StepTimes times;
  private final DraftChoice choice;
  private final ServerDraftChoice drafting;
  private final StepGate gate = new StepGate();
  private boolean mergesVerdicts;
  private boolean up = true;
  private boolean stepping;
  private int life;
  private int output;
  private long lastStep;

  SimulatedServer(
      VirtualTime time, SyntheticPair pair, SessionLimits limits, DeviceProfile device) {
    this.time = time;
    this.pair = pair;
    this.limits = limits;
    this.device = device;
    times = new StepTimes(device.maxRows);
    for (int rows : times.rowCounts()) {
      times.calibrate(rows, duration(rows));
    }
    choice = new DraftChoice(times);
    drafting = new ServerDraftChoice(times, draftTimes(device));
    emptySlots();
  }

  private static StepTimes draftTimes(DeviceProfile device) {
    StepTimes draft = new StepTimes(device.maxRows);
    if (device.draftNanos > 0) {
      for (int rows : draft.rowCounts()) {
        draft.calibrate(rows, device.draftNanos);
      }
    }
    return draft;
  }

  private long duration(int rows) {
    return device.stepNanos + rows * device.rowNanos;
  }

  private void emptySlots() {
    freeSlots.clear();
    for (int i = 0; i < device.slots; i++) {
      freeSlots.add(new SyntheticCache(pair));
    }
  }

  boolean up() {
    return up;
  }

  /** Makes the server repeat the last verdict's tokens in each verdict. */
  void mergeVerdicts() {
    mergesVerdicts = true;
  }

  boolean mergesVerdicts() {
    return mergesVerdicts;
  }

  /** What was wrong with actions of its sessions. */
  List<String> complaints() {
    return complaints;
  }

  Set<ServedSession> sessions() {
    return sessions;
  }

  /** Sessions, slots or queue entries that outlived their stream; empty when nothing did. */
  String retained() {
    if (sessions.isEmpty()
        && wantSlot.isEmpty()
        && runQueue.isEmpty()
        && (!up || freeSlots.size() == device.slots)) {
      return "";
    }
    return sessions.size()
        + " sessions, "
        + wantSlot.size()
        + " waiting, "
        + runQueue.size()
        + " queued, "
        + freeSlots.size()
        + " of "
        + device.slots
        + " slots free";
  }

  /** A connection whose first frame is the request. */
  ServedSession accept(OpenFrame open, SimulatedLink link) {
    ServedSession session = new ServedSession(this, open, link);
    sessions.add(session);
    wantSlot.add(session);
    giveSlots();
    return session;
  }

  private void giveSlots() {
    while (!wantSlot.isEmpty() && !freeSlots.isEmpty()) {
      ServedSession session = wantSlot.removeFirst();
      session.start(bestSlot(session.sequence()));
    }
  }

  private SyntheticCache bestSlot(int[] sequence) {
    SyntheticCache best = freeSlots.getFirst();
    for (SyntheticCache slot : freeSlots) {
      if (slot.commonPrefix(sequence) > best.commonPrefix(sequence)) {
        best = slot;
      }
    }
    freeSlots.remove(best);
    return best;
  }

  void ready(ServedSession session) {
    if (!runQueue.contains(session)) {
      runQueue.add(session);
    }
    int current = life;
    time.after(0, () -> step(current));
  }

  void withdrawn(ServedSession session) {
    runQueue.remove(session);
  }

  /** A session put out so many tokens. */
  void counts(int tokens) {
    output += tokens;
  }

  void released(ServedSession session, SyntheticCache slot) {
    sessions.remove(session);
    freeSlots.addLast(slot);
    int current = life;
    time.after(0, () -> ifAlive(current, this::giveSlots));
  }

  void releasedWithoutSlot(ServedSession session) {
    sessions.remove(session);
    wantSlot.remove(session);
  }

  private void ifAlive(int current, Runnable action) {
    if (up && life == current) {
      action.run();
    }
  }

  /** Sessions with drafts first, then those that decode alone, while there is room for rows. */
  private void step(int current) {
    if (!up || life != current || stepping || runQueue.isEmpty()) {
      return;
    }
    chooseDrafts();
    List<TargetSession> holding = new ArrayList<>();
    for (ServedSession served : sessions) {
      if (served.session().holds()) {
        holding.add(served.session());
      }
    }
    long wait = gate.waitNanos(holding, choice.rate(), choice.stepNanos(), time.now());
    if (wait > 0) {
      time.after(wait, () -> step(current));
      return;
    }
    holding.forEach(session -> session.join(time.now()));
    chooseDrafts();
    long spent = draft();
    List<ServedSession> batch = new ArrayList<>();
    List<int[]> picks = new ArrayList<>();
    int rows = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (ServedSession session : new ArrayList<>(runQueue)) {
        boolean alone = session.kind() == WorkKind.SELF_ADVANCE;
        if (rows >= device.maxRows || alone != (pass == 1)) {
          continue;
        }
        runQueue.remove(session);
        Work work = session.take(device.maxRows - rows);
        complain(session);
        if (work != null) {
          batch.add(session);
          picks.add(session.compute(work));
          complain(session);
          rows += work.tokens().length;
        }
      }
    }
    if (rows == 0) {
      return;
    }
    stepping = true;
    long duration = duration(rows);
    times.observed(rows, duration);
    time.after(
        duration + spent,
        () ->
            ifAlive(
                current,
                () -> {
                  stepping = false;
                  int before = output;
                  for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).done(picks.get(i), duration, spent);
                  }
                  choice.ended(output - before, duration, time.now() - lastStep);
                  lastStep = time.now();
                  step(current);
                }));
  }

  /** As the engine does: drafts by cost, and advice as if everybody had plenty. */
  private void chooseDrafts() {
    for (boolean plenty : new boolean[] {true, false}) {
      choice.begin(device.maxRows);
      for (ServedSession served : runQueue) {
        TargetSession session = served.session();
        int behind = session.rowsBehind();
        boolean picks = behind <= device.maxRows;
        choice.always(Math.min(behind, device.maxRows), picks);
        int drafts = plenty ? limits.maxWindow() : session.usableDrafts();
        choice.offer(picks ? drafts : 0, session.outlook().acceptance());
      }
      choice.settle();
      int index = 0;
      for (ServedSession served : runQueue) {
        if (plenty) {
          served.session().outlook().load(choice.granted(index++), choice.tokensPerRow());
        } else {
          served.session().outlook().judgeAtMost(choice.granted(index++));
        }
      }
    }
  }

  /** Makes drafts of the server's own, if it has a draft model; returns how long that takes. */
  private long draft() {
    if (device.draftNanos == 0) {
      return 0;
    }
    List<ServedSession> chosen = new ArrayList<>();
    drafting.begin(choice, device.maxRows);
    for (ServedSession served : runQueue) {
      TargetSession session = served.session();
      ServerDrafts drafts = session.serverDrafts();
      session.outlook().ownDraft(drafting.tokenNanos());
      if (session.serverDraftRoom() > 0) {
        drafting.offer(session.serverDraftRoom(), drafts.acceptance(), 1);
        chosen.add(served);
      }
    }
    drafting.settle();
    int longest = 0;
    for (int i = 0; i < chosen.size(); i++) {
      boolean probe = chosen.get(i).session().serverDrafts().worthATry();
      int count = Math.max(drafting.granted(i), probe ? 1 : 0);
      longest = Math.max(longest, count);
      chosen.get(i).draft(count);
    }
    return longest * device.draftNanos;
  }

  private void complain(ServedSession session) {
    if (!session.complaint().isEmpty()) {
      complaints.add(session.complaint());
    }
  }

  /** Loses everything at once; every connection breaks. */
  void crash(long noticeNanos) {
    up = false;
    life++;
    stepping = false;
    for (ServedSession session : sessions) {
      session.forget();
      session.link().cut(noticeNanos);
    }
    sessions.clear();
    wantSlot.clear();
    runQueue.clear();
    emptySlots();
  }

  void restart() {
    up = true;
  }

  /** Gives every session back to its client, which may resume it elsewhere. */
  void drain() {
    for (ServedSession session : new ArrayList<>(sessions)) {
      session.handBack();
    }
  }
}
