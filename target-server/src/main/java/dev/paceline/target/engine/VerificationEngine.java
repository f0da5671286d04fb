package dev.paceline.target.engine;

import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.target.Work;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.models.lm.Segment;
import dev.paceline.models.lm.StepResult;
import dev.paceline.target.fair.FairQueue;
import dev.paceline.target.fair.StepPlan;
import dev.paceline.target.fair.StepShare;
import dev.paceline.target.slots.SlotLease;
import dev.paceline.target.slots.SlotTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs one model for many sessions. Each turn of the loop empties the mailbox, wakes the sessions
 * that held for a draft long enough, and runs one step over rows of as many sessions as the row
 * budget takes, chosen by weighted virtual time.
 */
public final class VerificationEngine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(VerificationEngine.class);

  /** Prompts that share fewer tokens than this share them by accident. */
  private static final int SMALLEST_PREFIX = 4;

  private final LongSupplier clock;
  private final EngineOptions options;
  private final Thread thread;
  private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<ModelInfo> loaded = new CompletableFuture<>();
  private volatile boolean stopping;

  // Below: engine thread only.
  private final FairQueue<EngineSession> queue = new FairQueue<>();
  private final Set<EngineSession> sessions = new HashSet<>();
  private final Set<EngineSession> sleepers = new HashSet<>();
  private final ArrayDeque<EngineSession> waitingForSlot = new ArrayDeque<>();
  private @Nullable SlotTable<EngineSession> slots;

  /**
   * Starts the engine's thread and loads the model on it.
   *
   * @param loader called on the engine's thread, which owns the model and closes it
   * @param clock nanoseconds
   * @throws dev.paceline.common.UserError from the loader
   */
  public VerificationEngine(
      Supplier<LanguageModel> loader, EngineOptions options, LongSupplier clock) {
    this.options = options;
    this.clock = clock;
    thread = new Thread(() -> run(loader), "engine");
    thread.setDaemon(true);
    thread.start();
    try {
      loaded.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException ? (RuntimeException) e.getCause() : e;
    }
  }

  public ModelInfo model() {
    return loaded.join();
  }

  /** What one session may ask for. */
  public SessionLimits limits() {
    int context = model().contextLength();
    return new SessionLimits(context, options.maxWindow(), context);
  }

  /**
   * Adds a session; its answers start as soon as a cache slot is free. From any thread.
   *
   * @param open checked against {@link #limits}
   */
  public EngineSession open(OpenFrame open, SessionOutput output) {
    EngineSession session = new EngineSession(this, open, limits(), model().id(), output);
    post(
        () -> {
          sessions.add(session);
          queue.add(session, 1);
          waitingForSlot.add(session);
          assignSlots();
        });
    return session;
  }

  /** Runs a command on the engine's thread, before its next step. */
  void post(Runnable command) {
    mailbox.add(command);
    LockSupport.unpark(thread);
  }

  long now() {
    return clock.getAsLong();
  }

  void enqueue(EngineSession session) {
    queue.activate(session);
  }

  void dequeue(EngineSession session) {
    queue.deactivate(session);
  }

  void sleep(EngineSession session) {
    sleepers.add(session);
  }

  void disconnected(EngineSession session) {
    session.machine.disconnected(now());
  }

  /**
   * @param tokens what the session knows
   * @param computed how many of them its slot holds keys and values of
   */
  void release(EngineSession session, int[] tokens, int computed) {
    sessions.remove(session);
    sleepers.remove(session);
    waitingForSlot.remove(session);
    queue.remove(session);
    if (session.slot >= 0) {
      session.slot = -1;
      slots().commit(session, 0, tokens, computed);
      slots().release(session);
      // Not from within the session's own event: starting another one may release in turn.
      post(this::assignSlots);
    }
  }

  private void assignSlots() {
    while (!waitingForSlot.isEmpty()) {
      EngineSession session = waitingForSlot.getFirst();
      Optional<SlotLease> lease = slots().acquire(session, session.knownTokens());
      if (lease.isEmpty()) {
        return;
      }
      waitingForSlot.removeFirst();
      session.slot = lease.get().slot();
      session.machine.start(lease.get().cachedPositions(), now());
    }
  }

  private SlotTable<EngineSession> slots() {
    return Objects.requireNonNull(slots);
  }

  private void run(Supplier<LanguageModel> loader) {
    LanguageModel model;
    try {
      model = loader.get();
    } catch (Throwable e) {
      loaded.completeExceptionally(e);
      return;
    }
    try (model) {
      slots = new SlotTable<>(model.info().slots(), model.info().contextLength(), SMALLEST_PREFIX);
      loaded.complete(model.info());
      while (!stopping) {
        runMailbox();
        long wake = tickSleepers();
        if (!step(model) && mailbox.isEmpty() && !stopping) {
          park(wake);
        }
      }
      runMailbox();
      for (EngineSession session : List.copyOf(sessions)) {
        session.fail("the server is shutting down");
        session.machine.disconnected(now());
      }
    } catch (Throwable e) {
      LOG.error("the engine stopped", e);
      for (EngineSession session : List.copyOf(sessions)) {
        session.fail("the server's engine stopped: " + e.getMessage());
      }
      stopping = true;
    }
  }

  private void runMailbox() {
    for (Runnable command = mailbox.poll(); command != null; command = mailbox.poll()) {
      command.run();
    }
  }

  /** Ticks whoever's time has come and returns the earliest time still to come. */
  private long tickSleepers() {
    if (sleepers.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long now = now();
    List<EngineSession> due = new ArrayList<>();
    long earliest = Long.MAX_VALUE;
    for (EngineSession session : sleepers) {
      if (session.wakeAt <= now) {
        due.add(session);
      } else {
        earliest = Math.min(earliest, session.wakeAt);
      }
    }
    for (EngineSession session : due) {
      sleepers.remove(session);
      session.machine.tick(now);
    }
    return earliest;
  }

  private void park(long wake) {
    if (wake == Long.MAX_VALUE) {
      LockSupport.park(this);
    } else {
      long nanos = wake - now();
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
    }
  }

  /** Runs one step if anybody wants one. */
  private boolean step(LanguageModel model) {
    if (queue.activeCount() == 0) {
      return false;
    }
    long planned = now();
    StepPlan<EngineSession> plan =
        queue.pick(
            options.rowBudget(),
            model.info().slots(),
            (session, room) -> take(session, room, planned));
    if (plan.isEmpty()) {
      return false;
    }
    List<Segment> segments = new ArrayList<>(plan.shares().size());
    for (StepShare<EngineSession> share : plan.shares()) {
      EngineSession session = share.session();
      Work work = session.work;
      if (work == null) {
        throw new IllegalStateException("session " + session + " was planned without work");
      }
      segments.add(
          new Segment(
              session.slot, work.start(), work.tokens(), work.picks(), session.open.sampling()));
    }
    long started = now();
    StepResult result;
    try {
      result = model.step(segments);
    } catch (RuntimeException e) {
      LOG.error("a step over {} sessions failed", segments.size(), e);
      failStep(plan, e);
      return true;
    }
    long nanos = now() - started;
    queue.charge(plan, nanos * 1e-9);
    for (int i = 0; i < plan.shares().size(); i++) {
      EngineSession session = plan.shares().get(i).session();
      session.work = null;
      session.machine.stepDone(
          result.segment(i).tokens(), nanos, started - session.readySince, now());
      if (!session.wantsStep && !session.ended) {
        queue.deactivate(session);
      }
    }
    return true;
  }

  private int take(EngineSession session, int room, long now) {
    Work work = session.machine.takeWork(Math.min(room, options.prefillChunk()), now);
    session.work = work;
    session.wantsStep = false;
    return work == null ? 0 : work.tokens().length;
  }

  private void failStep(StepPlan<EngineSession> plan, RuntimeException e) {
    for (StepShare<EngineSession> share : plan.shares()) {
      EngineSession session = share.session();
      session.fail("the step of this session failed: " + e.getMessage());
      slots().truncate(session, 0);
      session.machine.disconnected(now());
      session.machine.stepDone(new int[0], 0, 0, now());
    }
  }

  /** Stops after the step in progress; open sessions fail with a sentence. */
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
