package dev.paceline.target.engine;

import dev.paceline.common.speculation.FinishedFrame;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.OpenedFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.VerdictFrame;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.metrics.ServerMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The engines behind one port, one for each device; they serve the same model. A new session goes
 * where a text with the same beginning went before, if a slot is free there, otherwise where the
 * fewest sessions are for the slots. It stays there: resuming is what moves a text.
 */
public final class EnginePool implements AutoCloseable {
  private final List<Member> members;
  private final Placement placement = new Placement();

  /** Guarded by this. */
  private int turn;

  /** An engine, its name in metrics and pages, and the sessions that it has. */
  private static final class Member {
    final String name;
    final VerificationEngine engine;
    final int places;
    final AtomicInteger sessions = new AtomicInteger();

    Member(String name, VerificationEngine engine, int places) {
      this.name = name;
      this.engine = engine;
      this.places = places;
    }

    double load() {
      return (double) sessions.get() / places;
    }

    boolean free() {
      return engine.alive() && sessions.get() < places;
    }
  }

  /**
   * @param names one for each engine
   * @param engines at least one; closed with the pool
   */
  public EnginePool(List<String> names, List<VerificationEngine> engines, EngineOptions options) {
    members = new ArrayList<>();
    for (int i = 0; i < engines.size(); i++) {
      VerificationEngine engine = engines.get(i);
      int places = options.runningAtOnce(engine.model().slots());
      // Which device that was is known only now.
      String name = names.get(i).equals("auto") ? engine.model().device() : names.get(i);
      members.add(new Member(name, engine, places));
    }
  }

  /** Names for engines on devices: the devices', told apart by a number where they are the same. */
  public static List<String> names(List<String> devices) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < devices.size(); i++) {
      String device = devices.get(i);
      boolean alone = devices.indexOf(device) == devices.lastIndexOf(device);
      names.add(alone ? device : device + "-" + i);
    }
    return names;
  }

  private VerificationEngine first() {
    return members.get(0).engine;
  }

  /** The model, as the first engine has it. */
  public ModelInfo model() {
    return first().model();
  }

  /** What each engine runs its model on. */
  public List<ModelInfo> models() {
    return members.stream().map(member -> member.engine.model()).toList();
  }

  /** The model that drafts for sessions on the server; null if there is none. */
  public @Nullable ModelInfo draftModel() {
    return first().draftModel();
  }

  /** What one session may ask for. */
  public SessionLimits limits() {
    return first().limits();
  }

  /** Sessions that run at once on all engines together. */
  public int places() {
    return members.stream().mapToInt(member -> member.places).sum();
  }

  /** As {@link VerificationEngine#open}, on the engine that suits the session best. */
  public EngineSession open(OpenFrame open, String peer, SessionOutput output) {
    int[] tokens = Arrays.copyOf(open.prompt(), open.prompt().length + open.resume().length);
    System.arraycopy(open.resume(), 0, tokens, open.prompt().length, open.resume().length);
    int index = place(tokens);
    Member member = members.get(index);
    member.sessions.incrementAndGet();
    return member.engine.open(open, peer, new Counted(output, member.sessions));
  }

  private synchronized int place(int[] tokens) {
    int best = members.size() == 1 ? 0 : placement.find(tokens);
    if (best < 0 || !members.get(best).free()) {
      best = leastLoaded();
    }
    placement.remember(tokens, best);
    return best;
  }

  private int leastLoaded() {
    int best = -1;
    // Among equals in turn, so that texts spread over the caches of idle engines.
    turn = (turn + 1) % members.size();
    for (int i = 0; i < members.size(); i++) {
      int index = (turn + i) % members.size();
      Member member = members.get(index);
      if (member.engine.alive() && (best < 0 || member.load() < members.get(best).load())) {
        best = index;
      }
    }
    return Math.max(0, best);
  }

  /** As {@link VerificationEngine#setWeight}, over all engines that live. */
  public CompletableFuture<Integer> setWeight(String sessionId, double weight) {
    CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
    for (Member member : members) {
      // A broken one has no sessions and would never answer.
      if (member.engine.alive()) {
        sum = sum.thenCombine(member.engine.setWeight(sessionId, weight), Integer::sum);
      }
    }
    return sum;
  }

  /** All sessions, each with its engine's name. */
  public List<SessionSnapshot> snapshot() {
    List<SessionSnapshot> all = new ArrayList<>();
    for (Member member : members) {
      if (member.engine.alive()) {
        member.engine.snapshot().forEach(session -> all.add(session.on(member.name)));
      }
    }
    return all;
  }

  /** Shows each engine's present state in its meters. */
  public void watch(List<ServerMetrics> metrics) {
    for (int i = 0; i < members.size(); i++) {
      VerificationEngine engine = members.get(i).engine;
      metrics.get(i).watch(engine::running, engine::waiting, engine::slotUsage);
    }
  }

  /** Whether any engine takes sessions. */
  public boolean alive() {
    return members.stream().anyMatch(member -> member.engine.alive());
  }

  /**
   * Runs an action once every engine has stopped by itself, at once if they have. Health hangs on
   * this: while one of several engines lives the server says SERVING, because NOT_SERVING would
   * make balancers take the others' sessions away too. The broken one hands back the sessions it
   * had and gets no more; the log tells of it ("the engine stopped").
   */
  public void whenBroken(Runnable action) {
    for (Member member : members) {
      member.engine.whenBroken(
          () -> {
            if (!alive()) {
              action.run();
            }
          });
    }
  }

  /** Stops every engine after its step in progress; open sessions fail with a sentence. */
  @Override
  public void close() {
    members.forEach(member -> member.engine.close());
  }

  /** Counts a session until the engine holds nothing of it. */
  private record Counted(SessionOutput to, AtomicInteger sessions) implements SessionOutput {
    @Override
    public void opened(OpenedFrame frame) {
      to.opened(frame);
    }

    @Override
    public void verdict(VerdictFrame frame) {
      to.verdict(frame);
    }

    @Override
    public void finished(FinishedFrame frame) {
      to.finished(frame);
    }

    @Override
    public void failed(String sentence) {
      to.failed(sentence);
    }

    @Override
    public void released() {
      sessions.decrementAndGet();
      to.released();
    }
  }
}
