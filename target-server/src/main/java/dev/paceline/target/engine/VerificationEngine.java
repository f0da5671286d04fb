package dev.paceline.target.engine;

import dev.paceline.common.UserError;
import dev.paceline.common.speculation.OpenFrame;
import dev.paceline.common.speculation.SessionLimits;
import dev.paceline.common.speculation.target.StepTimes;
import dev.paceline.models.lm.LanguageModel;
import dev.paceline.models.lm.ModelInfo;
import dev.paceline.target.admin.SessionSnapshot;
import dev.paceline.target.fair.FairQueue;
import dev.paceline.target.logging.SessionLog;
import dev.paceline.target.metrics.ServerMetrics;
import dev.paceline.target.slots.SlotTable;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
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

  /** How long a look at the sessions waits for the step in progress. */
  private static final long SNAPSHOT_MILLIS = 2000;

  private static final String STOPPED = "the server is shutting down; resume elsewhere";

  private final LongSupplier clock;
  private final EngineOptions options;
  private final ServerMetrics metrics;
  private final Thread thread;
  private final Mailbox mailbox = new Mailbox();
  private final CompletableFuture<ModelInfo> loaded = new CompletableFuture<>();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private volatile boolean stopping;

  private volatile @Nullable SlotQueue slots;
  private volatile @Nullable ModelInfo draftModel;

  // Below: engine thread only.
  private final FairQueue<EngineSession> queue = new FairQueue<>();
  private final Set<EngineSession> sessions = new HashSet<>();
  private final Sleepers sleepers = new Sleepers();

  /**
   * Starts the engine's thread, loads the model on it and warms it up; returns when both are done.
   *
   * @param loader called on the engine's thread, which owns the model and closes it
   * @param metrics what the engine counts and times
   * @param clock nanoseconds
   * @throws dev.paceline.common.UserError from the loader
   */
  public VerificationEngine(
      Supplier<LanguageModel> loader,
      EngineOptions options,
      ServerMetrics metrics,
      LongSupplier clock) {
    this(loader, null, options, metrics, clock);
  }

  /**
   * As above, with a draft model of the server's own.
   *
   * @param draftLoader called on the engine's thread with what the target is, after it was loaded;
   *     gives a model with as many slots. Null for none
   */
  public VerificationEngine(
      Supplier<LanguageModel> loader,
      @Nullable Function<ModelInfo, LanguageModel> draftLoader,
      EngineOptions options,
      ServerMetrics metrics,
      LongSupplier clock) {
    this.options = options;
    this.metrics = metrics;
    this.clock = clock;
    thread = new Thread(() -> run(loader, draftLoader), "engine");
    thread.setDaemon(true);
    mailbox.ownedBy(thread);
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

  /** The model that drafts for sessions on the server; null if there is none. */
  public @Nullable ModelInfo draftModel() {
    return draftModel;
  }

  /** What one session may ask for. */
  public SessionLimits limits() {
    int context = model().contextLength();
    int tokens = options.maxTokens() == 0 ? context : Math.min(context, options.maxTokens());
    return new SessionLimits(context, options.maxWindow(), tokens);
  }

  /**
   * Adds a session; its answers start as soon as a cache slot is free. From any thread.
   *
   * @param open checked against {@link #limits}
   * @param peer who asks, for operators
   */
  public EngineSession open(OpenFrame open, String peer, SessionOutput output) {
    EngineSession session =
        new EngineSession(this, open, peer, limits(), model().id(), output, metrics);
    if (stopping) {
      session.fail(STOPPED);
      output.released();
      return session;
    }
    post(
        () -> {
          sessions.add(session);
          queue.add(session, 1);
          slots().add(session);
          slots().assign(now());
        });
    return session;
  }

  /**
   * Sets the share of the device that sessions get when they compete; 1 unless set. Takes effect
   * with the next step. From any thread.
   *
   * @param sessionId as the client chose it or as logs show it; all present sessions of that name
   *     are meant
   * @param weight relative to the other sessions' weights
   * @return how many sessions were found; not completed if the engine breaks meanwhile
   * @throws UserError if the weight is out of range
   */
  public CompletableFuture<Integer> setWeight(String sessionId, double weight) {
    if (!(weight >= 1 / FairQueue.WEIGHT_LIMIT && weight <= FairQueue.WEIGHT_LIMIT)) {
      throw new UserError(
          "weight " + weight + " of session '" + sessionId + "' is not between 1e-6 and 1e6");
    }
    CompletableFuture<Integer> found = new CompletableFuture<>();
    post(
        () -> {
          int count = 0;
          for (EngineSession session : sessions) {
            String id = session.open.sessionId();
            if (id.equals(sessionId) || SessionLog.printable(id).equals(sessionId)) {
              queue.setWeight(session, weight);
              count++;
            }
          }
          found.complete(count);
        });
    return found;
  }

  /** All sessions, as of the end of the step in progress; from any other thread. */
  public List<SessionSnapshot> snapshot() {
    CompletableFuture<List<SessionSnapshot>> answer = new CompletableFuture<>();
    post(
        () ->
            answer.complete(
                sessions.stream()
                    .map(s -> s.snapshot(queue.weight(s), queue.counter(s), now()))
                    .toList()));
    try {
      return answer.get(SNAPSHOT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw new IllegalStateException("the engine does not answer; it may be in a long step", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  /** Sessions that hold a slot; from any thread. */
  public int running() {
    return slots().running();
  }

  /** Sessions that wait for a slot; from any thread. */
  public int waiting() {
    return slots().waiting();
  }

  /** Share of the slots that sessions hold, 0 to 1; from any thread. */
  public double slotUsage() {
    return (double) running() / model().slots();
  }

  /** Whether the engine takes sessions: neither closed nor broken. */
  public boolean alive() {
    return !stopping;
  }

  /** Runs an action once the engine has stopped by itself, at once if it has; on its thread. */
  void whenBroken(Runnable action) {
    var unused = broken.thenRun(action);
  }

  /** Runs a command on the engine's thread, before its next step. */
  void post(Runnable command) {
    mailbox.post(command);
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

  /**
   * @param tokens what the session knows
   * @param computed how many of them its slot holds keys and values of
   */
  void release(EngineSession session, int[] tokens, int computed) {
    sessions.remove(session);
    sleepers.remove(session);
    queue.remove(session);
    if (slots().release(session, tokens, computed)) {
      // Not from within the session's own event: starting another one may release in turn.
      post(() -> slots().assign(now()));
    }
  }

  private SlotQueue slots() {
    return Objects.requireNonNull(slots);
  }

  private void run(
      Supplier<LanguageModel> loader, @Nullable Function<ModelInfo, LanguageModel> draftLoader) {
    LanguageModel model;
    try {
      model = loader.get();
    } catch (Throwable e) {
      loaded.completeExceptionally(e);
      return;
    }
    try (model;
        LanguageModel draft = draftLoader == null ? null : draftLoader.apply(model.info())) {
      int count = model.info().slots();
      SlotQueue given =
          new SlotQueue(
              new SlotTable<>(count, model.info().contextLength(), SMALLEST_PREFIX),
              options.runningAtOnce(count));
      slots = given;
      StepTimes times = new StepTimes(options.rowBudget());
      ServerDrafter drafter = draft == null ? null : drafter(draft, times);
      StepRunner steps =
          new StepRunner(model, drafter, options, queue, given, sleepers, metrics, times, clock);
      warmUp(model, options, times);
      loaded.complete(model.info());
      while (!stopping) {
        mailbox.run();
        long wake = sleepers.tick(now());
        long idle = steps.step();
        if (idle > 0 && mailbox.isEmpty() && !stopping) {
          mailbox.sleep(Math.min(idle, wake == Long.MAX_VALUE ? wake : wake - now()));
        }
      }
      mailbox.run();
      for (EngineSession session : List.copyOf(sessions)) {
        session.fail(STOPPED);
        session.machine.disconnected(now());
      }
    } catch (Throwable e) {
      stopping = true;
      if (loaded.completeExceptionally(e)) {
        return;
      }
      LOG.error("the engine stopped", e);
      takeLate();
      for (EngineSession session : List.copyOf(sessions)) {
        session.abandon("the server's engine stopped, resume elsewhere: " + e.getMessage());
      }
      broken.complete(null);
    }
  }

  /** Those that were posted before the engine broke; they fail with the others. */
  private void takeLate() {
    try {
      mailbox.run();
    } catch (RuntimeException e) {
      LOG.warn("after the engine stopped", e);
    }
  }

  private ServerDrafter drafter(LanguageModel draft, StepTimes targetTimes) {
    int rows = Math.max(draft.info().slots(), options.prefillChunk());
    StepTimes times = new StepTimes(rows);
    warmUp(draft, options.withRowBudget(rows), times);
    draftModel = draft.info();
    return new ServerDrafter(draft, options, targetTimes, times, metrics, clock);
  }

  private void warmUp(LanguageModel model, EngineOptions options, StepTimes times) {
    long from = now();
    int steps = WarmUp.run(model, options, times, clock);
    WarmUp.calibrate(model, times, clock);
    LOG.info(
        "warmed {} up with {} steps in {} ms; a step takes {}",
        model.info().id(),
        steps,
        (now() - from) / 1_000_000,
        times);
  }

  /** Stops after the step in progress; open sessions fail with a sentence. */
  @Override
  public void close() {
    stopping = true;
    mailbox.wake();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
