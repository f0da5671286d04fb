package dev.paceline.common.simulation;

import dev.paceline.common.speculation.DraftFrame;
import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.TokenSequence;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.common.speculation.target.TargetActions;
import dev.paceline.common.speculation.target.TargetSession;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.common.speculation.target.WorkKind;
import org.jspecify.annotations.Nullable;

/** A {@link TargetSession} with its connection and its cache slot. */
final class ServedSession implements TargetActions {
  /** The client's frame that ends a generation. */
  static final Object CANCEL = "cancel";

  private final SimulatedServer server;
  private final OpenFrame open;
  private final SimulatedLink link;
  private final TargetSession session;
  private WorkKind kind = WorkKind.PREFILL;
  private @Nullable SyntheticCache slot;
  private boolean inStep;
  private boolean forgotten;
  private String complaint = "";
  private @Nullable VerdictFrame last;

  ServedSession(SimulatedServer server, OpenFrame open, SimulatedLink link) {
    this.server = server;
    this.open = open;
    this.link = link;
    session = new TargetSession(open, server.limits, "synthetic", this);
  }

  TargetSession session() {
    return session;
  }

  SimulatedLink link() {
    return link;
  }

  WorkKind kind() {
    return kind;
  }

  /** What was wrong with an action of the session; empty when nothing was. */
  String complaint() {
    return complaint;
  }

  int[] sequence() {
    int[] all = new int[open.prompt().length + open.resume().length];
    System.arraycopy(open.prompt(), 0, all, 0, open.prompt().length);
    System.arraycopy(open.resume(), 0, all, open.prompt().length, open.resume().length);
    return all;
  }

  /** The server has crashed: no event reaches this session any more. */
  void forget() {
    forgotten = true;
  }

  void start(SyntheticCache given) {
    slot = given;
    session.start(given.commonPrefix(sequence()), server.time.now());
  }

  void frame(Object frame) {
    if (forgotten) {
      return;
    }
    if (frame instanceof DraftFrame) {
      session.draft((DraftFrame) frame, server.time.now());
    } else if (frame.equals(CANCEL)) {
      session.cancel(server.time.now());
    }
  }

  void lost() {
    if (!forgotten) {
      session.disconnected(server.time.now());
    }
  }

  void handBack() {
    session.disconnected(server.time.now());
    link.closedByServer();
  }

  @Nullable Work take(int maxRows) {
    Work work = session.takeWork(maxRows, server.time.now());
    inStep = work != null;
    if (work == null) {
      complaint = "is in the run queue, but wants no work";
    }
    return work;
  }

  int[] compute(Work work) {
    SyntheticCache cache = slot;
    if (cache == null) {
      throw new AssertionError("work without a slot: " + work);
    }
    cache.truncate(work.start());
    int[] tokens = work.tokens();
    int[] picks = new int[work.picks()];
    for (int i = 0; i < tokens.length; i++) {
      boolean judged = i > tokens.length - picks.length;
      if (judged && tokens[i] != server.pair.draft(cache.prefix())) {
        complaint = "judges at " + (work.start() + i) + " what was drafted for another prefix";
      }
      cache.feed(tokens[i]);
      int pick = i - (tokens.length - picks.length);
      if (pick >= 0) {
        picks[pick] = server.pair.target(cache.prefix());
      }
    }
    if (cache.length() > server.limits.contextLength()) {
      throw new AssertionError("a row at " + cache.length() + " is beyond the context");
    }
    return picks;
  }

  /** Drafts of the server's own. */
  void draft(int count) {
    long prefix = server.pair.empty();
    TokenSequence known = session.known();
    for (int i = 0; i < known.length(); i++) {
      prefix = server.pair.extend(prefix, known.get(i));
    }
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = server.pair.draft(prefix);
      prefix = server.pair.extend(prefix, ids[i]);
    }
    session.draftedByServer(ids);
  }

  /**
   * @param waited for the server's own drafting
   */
  void done(int[] picks, long nanos, long waited) {
    inStep = false;
    session.stepDone(picks, nanos, waited, server.time.now());
  }

  @Override
  public void workReady(WorkKind newKind) {
    kind = newKind;
    server.ready(this);
  }

  @Override
  public void workWithdrawn() {
    server.withdrawn(this);
  }

  @Override
  public void wakeAt(long nanos) {
    server.time.at(
        nanos,
        () -> {
          if (!forgotten) {
            session.tick(server.time.now());
          }
        });
  }

  @Override
  public void sendOpened(OpenedFrame frame) {
    link.toClient(frame, 30);
  }

  @Override
  public void sendVerdict(VerdictFrame frame) {
    server.counts(frame.ids().length);
    VerdictFrame sent = server.mergesVerdicts() ? withLast(frame) : frame;
    last = frame;
    link.toClient(sent, 24 + 2 * sent.ids().length);
  }

  /** Verdicts are cumulative: one that repeats what the last one said is as good. */
  private VerdictFrame withLast(VerdictFrame frame) {
    VerdictFrame before = last;
    if (before == null) {
      return frame;
    }
    int[] ids = new TokenSequence(before.ids(), frame.ids()).toArray();
    return new VerdictFrame(
        frame.epoch(), before.firstPosition(), before.accepted(), 0, ids, 0, 0, 0);
  }

  @Override
  public void sendFinished(FinishedFrame frame) {
    link.toClient(frame, 30);
  }

  @Override
  public void release(int[] tokens, int computed) {
    if (inStep) {
      throw new AssertionError("the slot was released while a step writes to it");
    }
    SyntheticCache cache = slot;
    if (cache == null) {
      server.releasedWithoutSlot(this);
      return;
    }
    cache.truncate(computed);
    if (cache.commonPrefix(tokens) < computed) {
      throw new AssertionError("released with a cache that does not hold the known tokens");
    }
    server.released(this, cache);
  }
}
